-- ARGV: 5 kinds; then their names.
reclaim(500)
redis.call('ZREMRANGEBYSCORE', METERS, '-inf', NOW - GRACE)
local unknown = {}
for i = 1, tonumber(ARGV[5]) do
  local kind = ARGV[5 + i]
  redis.call('HSETNX', KINDS, kind, '0')
  if redis.call('HGET', KINDS, kind) ~= '1' then unknown[#unknown + 1] = kind end
end
return { 'O', epoch, NOW, redis.call('ZCARD', HOLDS), unknown, tonumber(redis.call('HGET', KINDS, '!')) or 0 }
