-- Finds a position in a page's history by time, without reading data. Begins a new epoch if the page is behind what the
-- caller knows (page_state.lua).
--
-- KEYS: meta, log, times (RedisNames.cs)
-- ARGV: the 6 values named below
--
-- Returns a list:
--   the id of the newest update, '0' if there is none
--   the sequence of the oldest update that is kept, one more than the newest's if none is
--   1 if the newest update has ended the page, else 0
--   the sequence of the first update that is kept and not older than the moment, one more than the newest's if none is

-- @include page_state.lua
-- @include times.lua
-- @include oldest_kept.lua

local meta, log, times = KEYS[1], KEYS[2], KEYS[3]
local new_epoch = ARGV[1]
local known_epoch = ARGV[2]
local known_sequence = tonumber(ARGV[3])
local max_updates = tonumber(ARGV[4])   -- how many updates the page keeps
local cutoff = tonumber(ARGV[5])        -- the time of the oldest update it keeps, in Unix milliseconds
local moment = tonumber(ARGV[6])        -- the time to search for, in Unix milliseconds

local epoch, sequence, _, _, ended, timed = page_state(meta, new_epoch, known_epoch, known_sequence)
if not epoch or sequence == 0 then return {'0', 1, 0, 1} end

local oldest = oldest_kept(log, times, timed, sequence, max_updates, cutoff)
local first = first_since(log, times, timed, sequence, oldest, moment)
return {epoch .. '-' .. sequence, oldest, ended == sequence and 1 or 0, first}
