-- ARGV: 5 epoch, 6 the revision that a repair is made of (-1: a load), 7 counts; then of each count: meter, kind, units, millionths, start, end.
if ARGV[5] ~= epoch then return { 'X', epoch, NOW } end
local loading = ARGV[6] == '-1'
if not loading then
  if (tonumber(redis.call('HGET', KINDS, '!')) or 0) ~= tonumber(ARGV[6]) then return { 'X', epoch, NOW } end
  redis.call('HINCRBY', KINDS, '!', 1)
end
for i = 1, tonumber(ARGV[7]) do
  local at = 8 + (i - 1) * 6
  local meter, start, ends = ARGV[at], tonumber(ARGV[at + 4]), tonumber(ARGV[at + 5])
  if not is_past(start, ends) and not (loading and redis.call('HGET', key_of(meter), 'l') == epoch) then
    add(meter, start, ends, tonumber(ARGV[at + 2]), tonumber(ARGV[at + 3]))
    if loading then redis.call('HSET', key_of(meter), 'l', epoch) end
  end
end
return { 'O', epoch, NOW }
