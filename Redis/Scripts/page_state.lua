-- Reads the state of a page. If the page is behind what the caller knows, Redis has lost updates (a restart from a
-- snapshot, a failover to a replica that was behind): its sequence is before that of the newest update id, or its epoch
-- is one that another has replaced. The page then gets a new epoch, so that no sequence is given to two updates of one
-- epoch. 'epoch_start' is the id of the last update that it shares with the epoch before.
--
--   meta             the key of the page's meta hash
--   new_epoch        the epoch to begin: 12 hexadecimal digits
--   known_epochs     the epochs of the page that the caller knows, the newest first; '' if it knows none
--   known_sequence   the sequence of the newest update id that the caller knows, a number
--
-- Returns epoch (false if Redis does not know the page), sequence of the newest update (0 if there is none), its time,
-- time of the last sweep (append.lua), sequence of the update that ended the page (0 if none did), sequence of the
-- newest update whose time is in the list of times (times.lua). Times are Unix milliseconds.
local function page_state(meta, new_epoch, known_epochs, known_sequence)
  local epoch, sequence, time, swept, ended, timed =
    unpack(redis.call('HMGET', meta, 'epoch', 'sequence', 'time', 'swept', 'ended', 'timed'))
  sequence = tonumber(sequence or 0)
  local known_at = epoch and string.find(known_epochs, epoch, 1, true)
  if known_at and (known_at > 1 or sequence < known_sequence) then
    redis.call('HSET', meta, 'epoch', new_epoch, 'epoch_start', epoch .. '-' .. sequence)
    epoch = new_epoch
  end
  return epoch, sequence, tonumber(time or 0), tonumber(swept or 0), tonumber(ended or 0),
    tonumber(timed or 0)
end
