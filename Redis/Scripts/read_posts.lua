-- Reads what a page keeps, and its posts, as they are at one moment. Begins a new epoch if the page is behind what the
-- caller knows (page_state.lua).
--
-- KEYS: meta, log, times, posts (RedisNames.cs)
-- ARGV: the 5 values named below
--
-- Returns a list:
--   what the page keeps (page_head.lua)
--   for each post: its id, and '<place> <1 or 0> <content>' (RedisNames.cs)

-- @include page_head.lua

local meta, log, times, posts = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local new_epoch = ARGV[1]
local known_epochs = ARGV[2]
local known_sequence = tonumber(ARGV[3])
local max_updates = tonumber(ARGV[4])   -- how many updates the page keeps
local cutoff = tonumber(ARGV[5])        -- the time of the oldest update it keeps, in Unix milliseconds

local head, sequence = page_head(meta, log, times, new_epoch, known_epochs, known_sequence, max_updates, cutoff)
if sequence == 0 then return head end

local reply = redis.call('HGETALL', posts)
for i = #head, 1, -1 do table.insert(reply, 1, head[i]) end
return reply
