-- Reads what a page keeps, and its posts, as they are at one moment. Begins a new epoch if the page is behind what the
-- caller knows (page_state.lua).
--
-- KEYS: meta, log, times, posts (RedisNames.cs)
-- ARGV: the 5 values named below
--
-- Returns a list:
--   the id of the newest update, '0' if there is none
--   the sequence of the oldest update that is kept, one more than the newest's if none is
--   1 if the newest update has ended the page, else 0
--   for each post: its id, and '<place> <1 or 0> <content>' (RedisNames.cs)

-- @include page_state.lua
-- @include times.lua
-- @include oldest_kept.lua

local meta, log, times, posts = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local new_epoch = ARGV[1]
local known_epoch = ARGV[2]
local known_sequence = tonumber(ARGV[3])
local max_updates = tonumber(ARGV[4])   -- how many updates the page keeps
local cutoff = tonumber(ARGV[5])        -- the time of the oldest update it keeps, in Unix milliseconds

local epoch, sequence, _, _, ended, timed = page_state(meta, new_epoch, known_epoch, known_sequence)
if not epoch or sequence == 0 then return {'0', 1, 0} end

local reply = redis.call('HGETALL', posts)
table.insert(reply, 1, ended == sequence and 1 or 0)
table.insert(reply, 1, oldest_kept(log, times, timed, sequence, max_updates, cutoff))
table.insert(reply, 1, epoch .. '-' .. sequence)
return reply
