-- ARGV: 5 request, 6 tokens, 7 micro-dollars, 8 millionths.
local id = ARGV[5]
local r = load(id)
if not r then return { 'M', epoch, NOW, '-' } end
if r[1] == 'A' or r[1] == 'E' then return { 'D', epoch, NOW, r[1], r[3], r[4] } end
local was = r[1]
if was == 'H' and r[2] <= NOW then was = 'X' end
if r[1] == 'H' then drop_holds(id, r) end
local w, f = { 1, tonumber(ARGV[6]), tonumber(ARGV[7]), 0 }, { 0, 0, tonumber(ARGV[8]), 0 }
local e, counted, above = r[5], {}, 0
for i = 1, #e, 6 do
  local m = e[i + 2]
  if m ~= 4 and w[m] + (f[m] > 0 and 1 or 0) > e[i + 3] then above = 1 end
  -- Not on a meter that is forgotten, and not on a kind that this memory has not begun: the ledger has it.
  if m ~= 4 and redis.call('HEXISTS', KINDS, e[i + 1]) == 1 and not is_past(e[i + 4], e[i + 5]) then
    add(e[i], e[i + 4], e[i + 5], w[m], f[m])
    local at = #counted
    counted[at + 1], counted[at + 2], counted[at + 3], counted[at + 4], counted[at + 5], counted[at + 6] = e[i], e[i + 1], w[m], f[m], e[i + 4], ends_of(e[i], e[i + 4], e[i + 5])
  end
end
store(id, { 'A', 0, r[3], r[4], counted })
return { 'O', epoch, NOW, was, r[3], r[4], above }
