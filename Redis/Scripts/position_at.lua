-- Finds a position in a page's history by time, without reading data. Begins a new epoch if the page is behind what the
-- caller knows (page_state.lua).
--
-- KEYS: meta, log, times (RedisNames.cs)
-- ARGV: the 6 values named below
--
-- Returns a list:
--   what the page keeps (page_head.lua)
--   the sequence of the first update that is kept and not older than the moment, one more than the newest's if none is

-- @include page_head.lua

local meta, log, times = KEYS[1], KEYS[2], KEYS[3]
local new_epoch = ARGV[1]
local known_epochs = ARGV[2]
local known_sequence = tonumber(ARGV[3])
local max_updates = tonumber(ARGV[4])   -- how many updates the page keeps
local cutoff = tonumber(ARGV[5])        -- the time of the oldest update it keeps, in Unix milliseconds
local moment = tonumber(ARGV[6])        -- the time to search for, in Unix milliseconds

local reply, sequence, timed = page_head(meta, log, times, new_epoch, known_epochs, known_sequence, max_updates, cutoff)
local oldest = reply[2]
reply[#reply + 1] = sequence == 0 and oldest or first_since(log, times, timed, sequence, oldest, moment)
return reply
