-- @include page_state.lua
-- @include times.lua
-- @include oldest_kept.lua

-- Reads what a page keeps (ScriptValues.ParseHead). Begins a new epoch if the page is behind what the caller knows
-- (page_state.lua, which names the arguments).
--
--   log, times    the keys of the page's log and of its times (times.lua)
--   max_updates   how many updates the page keeps
--   cutoff        the time of the oldest update it keeps, in Unix milliseconds
--
-- Returns a list, the sequence of the newest update (0 if there is none), and that of the newest update whose time is
-- in the list of times. The first list:
--   the id of the newest update, '0' if there is none
--   the sequence of the oldest update that is kept, one more than the newest's if none is
--   1 if the newest update has ended the page, else 0
--   the id, in the epoch that this one replaced, of the last update that both have; '0' if there is none
local function page_head(meta, log, times, new_epoch, known_epochs, known_sequence, max_updates, cutoff)
  local epoch, sequence, _, _, ended, timed = page_state(meta, new_epoch, known_epochs, known_sequence)
  if not epoch or sequence == 0 then return {'0', 1, 0, '0'}, 0, 0 end

  local head = {
    epoch .. '-' .. sequence,
    oldest_kept(log, times, timed, sequence, max_updates, cutoff),
    ended == sequence and 1 or 0,
    redis.call('HGET', meta, 'epoch_start') or '0',
  }
  return head, sequence, timed
end
