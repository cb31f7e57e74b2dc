-- Publishes a message. Returns nothing.
--
-- KEYS: the channel. In a Redis Cluster the call then goes to the node of the channel's slot.
-- ARGV: the command: PUBLISH or SPUBLISH; the message

redis.call(ARGV[1], KEYS[1], ARGV[2])
