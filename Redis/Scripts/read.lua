-- Reads what a page keeps, and the updates after a position, as they are at one moment. Begins a new epoch if the page
-- is behind what the caller knows (page_state.lua).
--
-- KEYS: meta, log, times (RedisNames.cs)
-- ARGV: the 8 values named below
--
-- Returns a list:
--   what the page keeps (page_head.lua)
--   for each update: its sequence, its time in Unix milliseconds, the update as JSON (UpdateJson.cs)

-- @include page_head.lua
-- @include read_entries.lua

local meta, log, times = KEYS[1], KEYS[2], KEYS[3]
local new_epoch = ARGV[1]
local known_epochs = ARGV[2]
local known_sequence = tonumber(ARGV[3])
local max_updates = tonumber(ARGV[4])   -- how many updates the page keeps
local cutoff = tonumber(ARGV[5])        -- the time of the oldest update it keeps, in Unix milliseconds
local after = tonumber(ARGV[6])         -- the sequence to read after
local limit = tonumber(ARGV[7])         -- how many updates to read at most
local max_bytes = tonumber(ARGV[8])     -- the update that reaches so many bytes is the last

local reply, sequence = page_head(meta, log, times, new_epoch, known_epochs, known_sequence, max_updates, cutoff)
if after >= sequence then return reply end

read_entries(reply, limit, max_bytes, after, function(last, count)
  return redis.call('XRANGE', log, (last + 1) .. '-0', '+', 'COUNT', count)
end)
return reply
