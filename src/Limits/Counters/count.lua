-- ARGV: 5 request, 6 state that it has then (A settled, E event), 7 counts; then of each count: meter, kind, units, millionths, start, end.
local id, state, n = ARGV[5], ARGV[6], tonumber(ARGV[7])
local r = load(id)
if r and (r[1] == 'E' or r[1] == state) then return { 'D', epoch, NOW, r[1], r[3], r[4] } end
local was = r and r[1] or '-'
if was == 'H' then
  if r[2] <= NOW then was = 'X' end
  drop_holds(id, r)
elseif was == 'A' then
  take_back(r[5])
end
local counted = {}
for i = 1, n do
  local at = 8 + (i - 1) * 6
  local w, f, start, ends = tonumber(ARGV[at + 2]), tonumber(ARGV[at + 3]), tonumber(ARGV[at + 4]), tonumber(ARGV[at + 5])
  if redis.call('HEXISTS', KINDS, ARGV[at + 1]) == 1 and not is_past(start, ends) then
    add(ARGV[at], start, ends, w, f)
    local c = #counted
    counted[c + 1], counted[c + 2], counted[c + 3], counted[c + 4], counted[c + 5], counted[c + 6] = ARGV[at], ARGV[at + 1], w, f, start, ends_of(ARGV[at], start, ends)
  end
end
-- What an event said is not taken back.
store(id, { state, 0, r and r[3] or NOW, r and r[4] or '', state == 'E' and {} or counted })
return { 'O', epoch, NOW, was, r and r[3] or NOW, r and r[4] or '' }
