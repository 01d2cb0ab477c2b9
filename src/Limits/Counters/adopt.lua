-- A hold that this memory lost and the node that gave it still has; one that is over holds nothing, and its request may still be settled. ARGV: 5 request, 6 its end, 7 when it was reserved, 8 note, 9 claims; then of each: meter, kind, measure, amount, start, end.
local id, expires, n = ARGV[5], tonumber(ARGV[6]), tonumber(ARGV[9])
if load(id) then return { 'D', epoch, NOW } end
local e, over = {}, expires <= NOW
for i = 1, n do
  local at = 10 + (i - 1) * 6
  local meter, measure, amount, start, ends = ARGV[at], tonumber(ARGV[at + 2]), tonumber(ARGV[at + 3]), tonumber(ARGV[at + 4]), tonumber(ARGV[at + 5])
  redis.call('HSETNX', KINDS, ARGV[at + 1], '0')
  if start == -1 or not is_past(start, ends) then
    if not over then
      local _, _, _, _, was = read(meter, start)
      hold(meter, start, ends, amount, expires, was)
    end
    local c = #e
    e[c + 1], e[c + 2], e[c + 3], e[c + 4], e[c + 5], e[c + 6] = meter, ARGV[at + 1], measure, amount, start, ends
  end
end
if not over then redis.call('ZADD', HOLDS, expires, id) end
store(id, { over and 'X' or 'H', expires, tonumber(ARGV[7]), ARGV[8], e })
return { 'O', epoch, NOW }
