-- Makes one draft's changes to the posts of a page. Returns true, or false if the changes would exceed a bound; then
-- nothing is changed. Changes that make the posts fewer or smaller are always made. PostSizes.cs has the same rule.
--
--   meta          the key of the page's meta hash: 'placed' is the last place given to a post, 'posts_bytes' the bytes
--                 of all contents
--   posts         the key of the page's posts, a hash: id -> '<place> <1 or 0> <content>' (RedisNames.cs)
--   changes       netstrings (a length in bytes, ':', that many bytes), three for each post: its id; '1' (shown),
--                 '0' (hidden) or '-' (removed); its content
--   max_posts     how many posts a page has at most
--   max_bytes     how many bytes the contents of a page's posts have at most
--   lifetime_ms   how long Redis keeps the posts of a page that nothing is published to
local function change_posts(meta, posts, changes, max_posts, max_bytes, lifetime_ms)
  local position = 1
  local function next_netstring()
    local colon = string.find(changes, ':', position, true)
    local first = colon + 1
    position = first + tonumber(string.sub(changes, position, colon - 1))
    return string.sub(changes, first, position - 1)
  end

  local placed, bytes = unpack(redis.call('HMGET', meta, 'placed', 'posts_bytes'))
  placed, bytes = tonumber(placed or 0), tonumber(bytes or 0)
  local rendered, removed, added_posts, added_bytes = {}, {}, 0, 0
  while position <= #changes do
    local id, show, content = next_netstring(), next_netstring(), next_netstring()
    local old = redis.call('HGET', posts, id)
    local place, old_bytes = nil, 0
    if old then
      place = string.match(old, '^%d+')
      old_bytes = #old - #place - 3
    end
    added_bytes = added_bytes + #content - old_bytes
    if show == '-' then
      if old then
        removed[#removed + 1] = id
        added_posts = added_posts - 1
      end
    else
      if not old then
        placed = placed + 1
        place = placed
        added_posts = added_posts + 1
      end
      rendered[#rendered + 1] = {id, place .. ' ' .. show .. ' ' .. content}
    end
  end

  local too_many = added_posts > 0 and redis.call('HLEN', posts) + added_posts > max_posts
  local too_large = added_bytes > 0 and bytes + added_bytes > max_bytes
  if too_many or too_large then return false end

  for _, post in ipairs(rendered) do redis.call('HSET', posts, post[1], post[2]) end
  for _, id in ipairs(removed) do redis.call('HDEL', posts, id) end
  redis.call('HSET', meta, 'placed', placed, 'posts_bytes', bytes + added_bytes)
  redis.call('PEXPIRE', posts, lifetime_ms)
  return true
end
