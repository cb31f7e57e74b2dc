-- Does what a publish needs: a script, a stream, memory to write to, and the right to publish. Fails if Redis refuses
-- one of them. Returns nothing.
--
-- KEYS: a key that no page has (RedisNames.cs)
-- ARGV: the command that announces: PUBLISH or SPUBLISH

local check = KEYS[1]

redis.call('XADD', check, '*', 'check', '1')
redis.call('XTRIM', check, 'MAXLEN', 1)
redis.call('PEXPIRE', check, 60000)
redis.call(ARGV[1], check, 'check')
