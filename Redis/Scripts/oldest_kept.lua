-- The first entry of a page's log from a sequence on: its sequence and its time in Unix milliseconds. If there is none:
-- the sequence after the newest, and a time later than all.
local function first_entry(log, newest_sequence, from_sequence)
  local entry = redis.call('XRANGE', log, from_sequence .. '-0', '+', 'COUNT', 1)[1]
  if not entry then return newest_sequence + 1, math.huge end
  return tonumber(string.match(entry[1], '^%d+')), tonumber(entry[2][2]) or 0
end

-- Returns the sequence of the oldest update that is within the limits of the history, or the sequence after the newest
-- if none is. Times never decrease along the log, so a binary search finds the first update that is young enough.
--
--   log               the key of the page's log, a stream
--   newest_sequence   the sequence of the page's newest update
--   max_updates       how many updates are kept at most
--   cutoff            the time of the oldest update that is kept, in Unix milliseconds
local function oldest_kept(log, newest_sequence, max_updates, cutoff)
  local low, time = first_entry(log, newest_sequence, math.max(newest_sequence - max_updates, 0) + 1)
  if time >= cutoff then return low end
  low = low + 1
  local high = newest_sequence + 1
  while low < high do
    local middle = math.floor((low + high) / 2)
    local _, middle_time = first_entry(log, newest_sequence, middle)
    if middle_time < cutoff then low = middle + 1 else high = middle end
  end
  return low
end
