-- ARGV: 5 request, 6 ms to hold from now on, 7 tokens (-1: as before), 8 micro-dollars (-1), 9 claims; then of each claim: meter, max (-1: none).
local id, n = ARGV[5], tonumber(ARGV[9])
local r = load(id)
if not r or (r[1] ~= 'H' and r[1] ~= 'A' and r[1] ~= 'E') then return { 'M', epoch, NOW } end
if r[1] ~= 'H' then return { 'S', epoch, NOW } end
if r[2] <= NOW then
  expire(id, r)
  return { 'M', epoch, NOW }
end
local max, place = {}, {}
for i = 1, n do max[ARGV[8 + i * 2]], place[ARGV[8 + i * 2]] = tonumber(ARGV[9 + i * 2]), i end
local want = { [2] = tonumber(ARGV[7]), [3] = tonumber(ARGV[8]) }
reclaim(500)
local e, refused, seen = r[5], {}, {}
for i = 1, n * 4 do seen[i] = 0 end
for i = 1, #e, 6 do
  local asked = want[e[i + 2]]
  local more = asked and asked >= 0 and asked - e[i + 3] or 0
  local w, f, h, u = read(e[i], e[i + 4])
  local p = place[e[i]]
  if p then seen[p * 4 - 3], seen[p * 4 - 2], seen[p * 4 - 1], seen[p * 4] = w, f, h, u or 0 end
  if p and more > 0 and max[e[i]] >= 0 and w + (f > 0 and 1 or 0) + h + more > max[e[i]] then refused[#refused + 1] = p - 1 end
end
if #refused > 0 then return { 'N', epoch, NOW, refused, seen } end
r[2] = NOW + tonumber(ARGV[6])
for i = 1, #e, 6 do
  local asked = want[e[i + 2]]
  if asked and asked >= 0 then
    if redis.call('EXISTS', key_of(e[i])) == 1 then redis.call('HINCRBY', key_of(e[i]), 'h', asked - e[i + 3]) end
    e[i + 3] = asked
  end
  if e[i + 4] == -1 and r[2] > (tonumber(redis.call('HGET', key_of(e[i]), 'x')) or 0) then redis.call('HSET', key_of(e[i]), 'x', r[2]) end
end
redis.call('ZADD', HOLDS, r[2], id)
store(id, r)
return { 'G', epoch, NOW, r[2], seen }
