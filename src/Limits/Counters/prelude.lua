-- What every script begins with. All keys bear the tenant as their hash tag, so that they live in one slot; those of meters of other requests
-- (holds that end) are made from KEYS[1..3]'s prefix. Numbers stay below 2^53, where doubles are exact.
-- ARGV: 1 prefix of keys, 2 ms that the clock is shifted by (tests), 3 name of the node, 4 ms that a request which is over is remembered.
local PREFIX = ARGV[1]
local KINDS, HOLDS, METERS = KEYS[1], KEYS[2], KEYS[3]
local SHIFT, KEEP = tonumber(ARGV[2]), tonumber(ARGV[4])
local MOST, MILLION, GRACE, SESSION = 9000000000000000, 1000000, 3600000, 86400000
local clock = redis.call('TIME')
local NOW = clock[1] * 1000 + math.floor(clock[2] / 1000) + SHIFT

-- Gone with all the rest when Redis is emptied; then another one begins, in which nothing is known.
local epoch = redis.call('HGET', KINDS, '_')
if not epoch then
  epoch = string.format('%.0f', NOW) .. '-' .. ARGV[3]
  redis.call('HSET', KINDS, '_', epoch)
end

local function key_of(meter) return PREFIX .. 'm:' .. meter end
local function record_key(id) return PREFIX .. 'r:' .. id end

-- spent units, millionths, held, until, and whether the meter has begun. A session that is over begins anew; what is held stays held.
local function read(meter, start)
  local key = key_of(meter)
  local v = redis.call('HMGET', key, 'w', 'f', 'h', 'x')
  local u = tonumber(v[4])
  if start == -2 and u and u <= NOW then
    redis.call('HDEL', key, 'w', 'f', 'x', 'l')
    return 0, 0, tonumber(v[3]) or 0, nil, false
  end
  local was = v[1] or v[3]
  if start == -2 then was = u end
  return tonumber(v[1]) or 0, tonumber(v[2]) or 0, tonumber(v[3]) or 0, u, was and true or false
end

-- A meter's first count: when it may be forgotten. Concurrency (-1) goes when nothing is held.
local function begin(meter, start, ends)
  local key = key_of(meter)
  if start >= 0 then
    redis.call('PEXPIREAT', key, ends + GRACE - SHIFT)
    redis.call('ZADD', METERS, ends, meter)
  elseif start == -2 then
    -- One that the ledger tells of began when the ledger says.
    local x = ends > 0 and ends or NOW + SESSION
    redis.call('HSET', key, 'x', x)
    redis.call('PEXPIREAT', key, x + GRACE - SHIFT)
    redis.call('ZADD', METERS, x, meter)
  else
    redis.call('ZADD', METERS, 'inf', meter)
  end
end

local function hold(meter, start, ends, amount, expires, was)
  local key = key_of(meter)
  redis.call('HINCRBY', key, 'h', amount)
  if not was then begin(meter, start, ends) end
  if start == -1 then
    local u = tonumber(redis.call('HGET', key, 'x')) or 0
    if expires > u then redis.call('HSET', key, 'x', expires) end
  end
end

-- Never brings a meter back that is forgotten.
local function unhold(meter, start, amount)
  local key = key_of(meter)
  if redis.call('HEXISTS', key, 'h') == 0 then return end
  -- Not -amount: of nothing that is "-0", which Redis takes for no number.
  local left = redis.call('HINCRBY', key, 'h', 0 - amount)
  if start == -1 and left <= 0 then
    redis.call('DEL', key)
    redis.call('ZREM', METERS, meter)
  end
end

local function add(meter, start, ends, w, f)
  local ow, of, _, u, was = read(meter, start)
  local nw, nf = ow + w, of + f
  if nf >= MILLION then nw, nf = nw + 1, nf - MILLION elseif nf < 0 then nw, nf = nw - 1, nf + MILLION end
  if nw > MOST then nw = MOST end
  redis.call('HSET', key_of(meter), 'w', nw, 'f', nf)
  if not was then begin(meter, start, ends)
  elseif start == -2 and ends > 0 and ends < u then redis.call('HSET', key_of(meter), 'x', ends) end
end

-- Whether it is too late to count in a window.
local function is_past(start, ends)
  if start == -2 then return ends > 0 and ends <= NOW end
  return ends + GRACE <= NOW
end

-- When what is now counted on a meter ends: of a session it is told apart by that from the one before.
local function ends_of(meter, start, ends)
  if start == -2 then return tonumber(redis.call('HGET', key_of(meter), 'x')) end
  return ends
end

-- Takes back what was counted, unless the meter is forgotten or its session another one by now.
local function take_back(e)
  for i = 1, #e, 6 do
    local _, _, _, u, was = read(e[i], e[i + 4])
    if was and (e[i + 4] ~= -2 or u == e[i + 5]) then add(e[i], e[i + 4], e[i + 5], -e[i + 2], -e[i + 3]) end
  end
end

-- A record: 1 state (H held, X expired, R released, A settled, E counted by an event), 2 end of the hold, 3 when it was reserved, 4 the caller's note,
-- 5 of H, X, R: what is held, flat: meter, kind, measure, amount, start, end; of A: what was counted, flat: meter, kind, units, millionths, start, end.
local function load(id)
  local raw = redis.call('GET', record_key(id))
  return raw and cmsgpack.unpack(raw) or nil
end

local function store(id, r)
  -- One that is held stays until it is reclaimed: its holds must not outlive it.
  if r[1] == 'H' then redis.call('SET', record_key(id), cmsgpack.pack(r))
  else redis.call('SET', record_key(id), cmsgpack.pack(r), 'PX', KEEP) end
end

local function drop_holds(id, r)
  redis.call('ZREM', HOLDS, id)
  local e = r[5]
  for i = 1, #e, 6 do unhold(e[i], e[i + 4], e[i + 3]) end
end

local function expire(id, r)
  drop_holds(id, r)
  r[1] = 'X'
  store(id, r)
end

local function reclaim(most)
  local due = redis.call('ZRANGEBYSCORE', HOLDS, '-inf', NOW, 'LIMIT', 0, most)
  for i = 1, #due do
    local r = load(due[i])
    if r and r[1] == 'H' then expire(due[i], r) else redis.call('ZREM', HOLDS, due[i]) end
  end
  return #due
end
