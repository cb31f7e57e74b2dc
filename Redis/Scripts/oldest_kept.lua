-- Returns the sequence of the oldest update that is within the limits of the history, or the sequence after the newest
-- if none is. Needs times.lua, which names the first four parameters.
--
--   max_updates   how many updates are kept at most
--   cutoff        the time of the oldest update that is kept, in Unix milliseconds
local function oldest_kept(log, times, timed, newest, max_updates, cutoff)
  local low, time = math.max(newest - max_updates, 0) + 1, nil
  local logged = redis.pcall('XLEN', log)
  if timed == newest and redis.pcall('LLEN', times) == logged then
    low = math.max(low, newest - logged + 1)
    if low > newest then return low end
    time = time_from(log, times, timed, newest, low)
  else
    -- Only the log knows what is left of it.
    low, time = first_entry(log, newest, low)
  end
  if time >= cutoff then return low end
  return first_since(log, times, timed, newest, low + 1, cutoff)
end
