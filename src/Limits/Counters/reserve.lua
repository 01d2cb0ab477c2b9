-- ARGV: 5 request, 6 ms to hold, 7 note, 8 most requests held, 9 claims; then of each claim: meter, kind, measure, amount, max (-1: none), start, end.
local id, n = ARGV[5], tonumber(ARGV[9])
local r = load(id)
if r and r[1] == 'H' then
  if r[2] > NOW then return { 'G', epoch, NOW, r[2] } end
  expire(id, r)
elseif r and (r[1] == 'A' or r[1] == 'E') then
  return { 'S', epoch, NOW }
end

local meter, kind, measure, amount, max, start, ends = {}, {}, {}, {}, {}, {}, {}
for i = 1, n do
  local at = 10 + (i - 1) * 7
  meter[i], kind[i], measure[i], amount[i] = ARGV[at], ARGV[at + 1], tonumber(ARGV[at + 2]), tonumber(ARGV[at + 3])
  max[i], start[i], ends[i] = tonumber(ARGV[at + 4]), tonumber(ARGV[at + 5]), tonumber(ARGV[at + 6])
  if start[i] >= 0 and (NOW < start[i] or NOW >= ends[i]) then return { 'W', epoch, NOW } end
end

if n > 0 then
  local known, unknown = redis.call('HMGET', KINDS, unpack(kind)), {}
  for i = 1, n do
    if known[i] ~= '1' and measure[i] ~= 4 then
      if not known[i] then redis.call('HSETNX', KINDS, kind[i], '0') end
      if measure[i] == 3 and max[i] >= 0 then unknown[#unknown + 1] = i - 1 end
    end
  end
  if #unknown > 0 then return { 'U', epoch, NOW, unknown } end
end

reclaim(20)
local seen, was, refused
local function look()
  seen, was, refused = {}, {}, {}
  for i = 1, n do
    local w, f, h, u, there = read(meter[i], start[i])
    was[i] = there
    local at = (i - 1) * 4
    seen[at + 1], seen[at + 2], seen[at + 3], seen[at + 4] = w, f, h, u or 0
    if max[i] >= 0 and w + (f > 0 and 1 or 0) + h + amount[i] > max[i] then refused[#refused + 1] = i - 1 end
  end
end
look()
if #refused > 0 then
  -- What refuses may be holds that are over.
  local ended, rounds = 0, 0
  repeat
    local some = reclaim(500)
    ended, rounds = ended + some, rounds + 1
  until some < 500 or rounds == 8
  if ended > 0 then look() end
end
if #refused > 0 then return { 'N', epoch, NOW, refused, seen } end
if redis.call('ZCARD', HOLDS) >= tonumber(ARGV[8]) then return { 'F', epoch, NOW } end

local expires, e = NOW + tonumber(ARGV[6]), {}
for i = 1, n do
  -- The same meter twice is one meter: what was there is asked again.
  hold(meter[i], start[i], ends[i], amount[i], expires, was[i])
  local at = (i - 1) * 6
  e[at + 1], e[at + 2], e[at + 3], e[at + 4], e[at + 5], e[at + 6] = meter[i], kind[i], measure[i], amount[i], start[i], ends[i]
end
redis.call('ZADD', HOLDS, expires, id)
store(id, { 'H', expires, NOW, ARGV[7], e })
return { 'G', epoch, NOW, expires, seen }
