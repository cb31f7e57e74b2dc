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
if sequence == 0 then return reply end

-- The size of a step follows from that of the updates before. It is small, because the next ones may be much larger,
-- and what a step reads beyond max_bytes is read in vain.
local max_step = 32
local read, bytes, step = 0, 0, 1
while read < limit and bytes < max_bytes do
  step = math.min(step, max_step, limit - read)
  local entries = redis.call('XRANGE', log, (after + 1) .. '-0', '+', 'COUNT', step)
  for _, entry in ipairs(entries) do
    if bytes >= max_bytes then break end
    after = tonumber(string.match(entry[1], '^%d+'))
    local time, update = entry[2][2], entry[2][4] or ''
    reply[#reply + 1], reply[#reply + 2], reply[#reply + 3] = after, time, update
    bytes = bytes + #update
  end
  read = read + #entries
  if #entries < step then break end
  step = math.max(1, math.floor((max_bytes - bytes) * read / math.max(bytes, 1)))
end
return reply
