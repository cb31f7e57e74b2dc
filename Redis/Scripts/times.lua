-- The times of a page's updates, in a list next to its log: XRANGE reads an entry as a whole, with its data. From the
-- right, the list has the time of each update up to the sequence 'timed' of the meta hash. It is only an index of the
-- log: where it has nothing, because an older version of LiveStreams wrote the page or Redis evicted the list, the
-- entries are read. Times are Unix milliseconds and never fall.
--
--   log      the key of the page's log, a stream
--   times    the key of the list
--   timed    see above
--   newest   the sequence of the page's newest update

-- Lua hands 8,000 values to a call at most.
local max_values = 1000

-- The first entry of a log from a sequence on: its sequence and its time. If there is none: the sequence after the
-- newest, and a time later than all.
local function first_entry(log, newest, from)
  local entry = redis.call('XRANGE', log, from .. '-0', '+', 'COUNT', 1)[1]
  if not entry then return newest + 1, math.huge end
  return tonumber(string.match(entry[1], '^%d+')), tonumber(entry[2][2]) or 0
end

-- The time of the first update from a sequence on.
local function time_from(log, times, timed, newest, from)
  local time = from <= timed and redis.pcall('LINDEX', times, from - timed - 1)
  if type(time) == 'string' then return tonumber(time) or 0 end
  local _, entry_time = first_entry(log, newest, from)
  return entry_time
end

-- Returns the sequence of the first update from 'low' on that is not older than 'moment', or the one after the newest.
local function first_since(log, times, timed, newest, low, moment)
  local high = newest + 1
  while low < high do
    local middle = math.floor((low + high) / 2)
    if time_from(log, times, timed, newest, middle) < moment then low = middle + 1 else high = middle end
  end
  return low
end

-- Adds a time for each of 'count' new updates. Returns true if the list is new, so does not expire yet.
local function push_times(times, count, time)
  local length
  for first = 1, count, max_values do
    if count == 1 then
      length = redis.pcall('RPUSH', times, time)
    else
      local values = {}
      for i = first, math.min(first + max_values - 1, count) do values[#values + 1] = time end
      length = redis.pcall('RPUSH', times, unpack(values))
    end
    if type(length) ~= 'number' then
      redis.call('DEL', times)
      return false
    end
  end
  return length == count
end

-- Removes the times of updates that are no longer in the log.
local function trim_times(log, times)
  local kept = redis.pcall('XLEN', log)
  if type(kept) == 'number' and kept > 0 then
    redis.pcall('LTRIM', times, -kept, -1)
  else
    redis.call('DEL', times)
  end
end

-- Makes every time that is later than 'now' the time 'now', after the clock was set back. All get 'now' if the list
-- does not have the time of each update in the log. Then 'timed' is 'newest', and the list expires after 'lifetime'.
local function set_times_back(log, times, timed, newest, now, lifetime)
  local kept = redis.pcall('XLEN', log)
  if type(kept) ~= 'number' then kept = 0 end
  local old = timed == newest and kept ~= 0 and redis.pcall('LRANGE', times, -kept, -1) or {}
  redis.call('DEL', times)
  local values = {}
  for i = 1, kept do
    local time = #old == kept and tonumber(old[i]) or now
    values[#values + 1] = math.min(time, now)
    if #values == max_values or i == kept then
      if type(redis.pcall('RPUSH', times, unpack(values))) ~= 'number' then
        redis.call('DEL', times)
        return
      end
      values = {}
    end
  end
  redis.call('PEXPIRE', times, lifetime)
end
