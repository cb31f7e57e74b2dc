-- Adds updates of a page's log to a reply, until there are 'limit' or no more. For each: its sequence, its time in Unix
-- milliseconds, the update as JSON.
--
--   max_bytes   the update that reaches so many bytes is the last
--   last        the sequence to begin after
--   range       a function that returns at most 'count' entries which follow the sequence 'last'
local function read_entries(reply, limit, max_bytes, last, range)
  -- The size of a step follows from that of the updates before. It is small, because the next ones may be much larger,
  -- and what a step reads beyond max_bytes is read in vain.
  local max_step = 32
  local read, bytes, step = 0, 0, 1
  while read < limit and bytes < max_bytes do
    step = math.min(step, max_step, limit - read)
    local entries = range(last, step)
    for _, entry in ipairs(entries) do
      if bytes >= max_bytes then break end
      last = tonumber(string.match(entry[1], '^%d+'))
      local time, update = entry[2][2], entry[2][4] or ''
      reply[#reply + 1], reply[#reply + 2], reply[#reply + 3] = last, time, update
      bytes = bytes + #update
    end
    read = read + #entries
    if #entries < step then break end
    step = math.max(1, math.floor((max_bytes - bytes) * read / math.max(bytes, 1)))
  end
end
