-- Appends drafts to one or several pages and announces them: idempotency keys, epoch, sequence, posts, history with its
-- limits and expiry, announcements. Redis runs nothing else meanwhile, so sequences are contiguous and unique however
-- many processes append. Needs Redis 5 (streams).
--
-- Whatever Redis may refuse (RedisErrors.cs) it refuses at the first write at the latest: a page's append is then done
-- as a whole, or not at all. An error that the keys of one page cause is the reply for this page and for no other.
--
-- KEYS, for each page:
--   meta, log, posts, times, and for each of its drafts with an idempotency key: that key (RedisNames.cs), and if it
--   has a scope, the key by which an older version knows it
-- ARGV:
--   8 values, named below
--   for each page 8 values, named in append_page
--     for each of its drafts 5 values, named in append_page's loop
--
-- Returns for each page a list of texts, one for each draft:
--   '+<update id>'   published; the id is 0 if the update is live only
--   '*<update id>'   the same, and the update begins the page: Redis did not know it, or it had ended
--   '=<update id>'   not published: the draft's key has been used before, or the draft ends a page that has ended;
--                    the id is that of the earlier update
--   '#'              not published: the draft's key has been used before for another draft
--   '!'              not published: the posts would exceed a bound
-- or, if the page's append failed, a list of one text: '-<error>'.
--
-- Times are Unix milliseconds, durations milliseconds.

-- @include page_state.lua
-- @include times.lua
-- @include oldest_kept.lua
-- @include change_posts.lua

local now_text = ARGV[1]
local now = tonumber(now_text)
local key_cutoff = tonumber(ARGV[2])      -- a key that was used before this time is unused
local key_lifetime = ARGV[3]
local page_lifetime = tonumber(ARGV[4])   -- how long a page is known after the last of its history has expired
local max_posts = tonumber(ARGV[5])
local max_posts_bytes = tonumber(ARGV[6])
local max_time = tonumber(ARGV[7])        -- a page's time that is later is from before the clock was set back
local publish = ARGV[8]                   -- the command that announces: PUBLISH or SPUBLISH

-- Returns the id of the update that the idempotency key was used for, and the digest of that draft, '' if an older
-- version has stored none; or nil.
local function find_used(key)
  local id, used_at, digest = string.match(redis.call('GET', key) or '', '^(%S+) (%d+) ?(%S*)$')
  if id and tonumber(used_at) >= key_cutoff then return id, digest end
end

-- Looks up the idempotency key of a draft. Returns the key, the digest of the draft, and the reply if the key has been
-- used before.
--   argument   '<index in KEYS> <index of the older version's key, or 0> <digest>'
local function find_key(argument)
  local index, older_index, digest = string.match(argument, '^(%d+) (%d+) (%S+)$')
  local key, older_key = KEYS[tonumber(index)], KEYS[tonumber(older_index)]
  local id, used_for = find_used(key)
  if not id and older_key then
    id, used_for = find_used(older_key)
    if used_for ~= '' then id = nil end
  end
  if not id then return key, digest end
  return key, digest, (used_for == '' or used_for == digest) and '=' .. id or '#'
end

-- Appends the drafts of one page. Returns the page's reply.
--   first   where in ARGV the page's values begin
local function append_page(first)
  local new_epoch = ARGV[first]
  local known_epochs = ARGV[first + 1]
  local known_sequence = tonumber(ARGV[first + 2])
  local first_key = tonumber(ARGV[first + 3])
  local channel = ARGV[first + 4]
  local max_updates = tonumber(ARGV[first + 5])
  local max_age = tonumber(ARGV[first + 6])
  local drafts = tonumber(ARGV[first + 7])
  local meta, log, posts, times = KEYS[first_key], KEYS[first_key + 1], KEYS[first_key + 2], KEYS[first_key + 3]

  local lifetime, log_lifetime = max_age + page_lifetime, max_age + 120000
  local epoch, sequence, time, swept, ended, timed = page_state(meta, new_epoch, known_epochs, known_sequence)
  local is_known = epoch ~= false
  if not epoch then
    -- Parts of the page may have outlived its meta hash.
    epoch = new_epoch
    redis.call('DEL', log, posts, times)
  end

  if time > max_time then
    redis.call('HSET', meta, 'time', now_text, 'swept', 0, 'timed', sequence)
    set_times_back(log, times, timed, sequence, now, log_lifetime)
    time, swept, timed = now, 0, sequence
  end

  -- Time never goes back. What goes to Redis is a text where there is one: Redis converts numbers slowly.
  time = math.max(now, time)
  local time_argument = time == now and now_text or time
  local sequence_argument = sequence
  local sequence_before = sequence
  local replies, announcements = {}, {}
  local logged, trimmed = 0, false   -- updates that were added to the log and are still in it; whether it was trimmed

  for draft = first + 8, first + 3 + drafts * 5, 5 do
    local key_argument = ARGV[draft]          -- see find_key, '0' if the draft has no key
    local kind = ARGV[draft + 1]              -- '0': live only, '1': kept in the history, 'end': ends the page
    local entry = ARGV[draft + 2]             -- the update as JSON (UpdateJson.cs)
    local post_changes = ARGV[draft + 3]      -- see change_posts.lua, '' if there are none
    local trace = ARGV[draft + 4]             -- the span of the publish (traceparent), '' if it is not traced
    local is_kept, is_end = kind ~= '0', kind == 'end'

    local key, digest, used
    if key_argument ~= '0' then key, digest, used = find_key(key_argument) end
    if not used and is_end and ended == sequence and sequence > 0 then used = '=' .. epoch .. '-' .. sequence end
    if used then
      replies[#replies + 1] = used
    elseif post_changes ~= ''
      and not change_posts(meta, posts, post_changes, max_posts, max_posts_bytes, lifetime) then
      replies[#replies + 1] = '!'
    else
      local id = '0'
      local begins = not is_known or (is_kept and ended == sequence and sequence > 0)
      is_known = true
      if is_kept then
        sequence = sequence + 1
        sequence_argument = tostring(sequence)
        id = epoch .. '-' .. sequence_argument
      end
      if is_end then
        ended = sequence
        logged = 0
        redis.call('DEL', log, posts, times)
        redis.call('HSET', meta, 'ended', ended, 'placed', 0, 'posts_bytes', 0)
      elseif is_kept then
        redis.call('XADD', log, sequence_argument .. '-0', 'time', time_argument, 'update', entry)
        logged = logged + 1
        -- Trimming once in a while is enough, and cheaper than XADD with MAXLEN.
        if sequence % math.min(100, max_updates) == 0 then
          trimmed = redis.call('XTRIM', log, 'MAXLEN', '~', max_updates) > 0 or trimmed
        end
      end
      if key then redis.call('SET', key, id .. ' ' .. now_text .. ' ' .. digest, 'PX', key_lifetime) end
      replies[#replies + 1] = (begins and '*' or '+') .. id
      local announced = trace == '' and string.sub(entry, 2)
        or string.sub(entry, 2, -2) .. ',"trace":"' .. trace .. '"}'
      announcements[#announcements + 1] = (is_kept and '{"id":"' .. id .. '",' or '{"id":null,') .. announced
    end
  end

  if #announcements > 0 then
    local has_kept = sequence > sequence_before
    local is_list_new = false
    if has_kept then
      redis.call('HSET', meta, 'sequence', sequence_argument, 'time', time_argument, 'timed', sequence_argument)
      if timed ~= sequence_before then redis.call('DEL', times) end
      is_list_new = logged > 0 and push_times(times, logged, time_argument)
      if trimmed then trim_times(log, times) end
    else
      redis.call('HSET', meta, 'sequence', sequence_argument, 'time', time_argument)
    end

    -- A sweep removes what is over the limits, which readers do not see anyway, and renews the expiry. It happens once
    -- a minute, and when the log or the list of times is new.
    local is_log_new = ended >= sequence_before
    local sweep = has_kept and (time - swept >= 60000 or is_log_new or is_list_new)
    if sweep then
      swept = time
      local oldest = oldest_kept(log, times, sequence, sequence, max_updates, time - max_age)
      redis.call('XTRIM', log, 'MAXLEN', sequence + 1 - oldest)
      trim_times(log, times)
      redis.call('PEXPIRE', log, log_lifetime)
      redis.call('PEXPIRE', times, log_lifetime)
    end
    if sweep or not has_kept then
      redis.call('HSET', meta, 'epoch', epoch, 'swept', swept)
      redis.call('PEXPIRE', meta, lifetime)
      redis.call('PEXPIRE', posts, lifetime)
    end
    for _, announcement in ipairs(announcements) do redis.call(publish, channel, announcement) end
  end
  return replies
end

local replies, first = {}, 9
while first <= #ARGV do
  local succeeded, reply = pcall(append_page, first)
  if not succeeded then
    -- The error is a table from Redis 7 on, a text before. It goes as a text: the client reads no error in an array.
    reply = {'-' .. (type(reply) == 'table' and reply.err or reply)}
  end
  replies[#replies + 1] = reply
  first = first + 8 + tonumber(ARGV[first + 7]) * 5
end
return replies
