-- ARGV: 5 epoch, 6 kinds; then their names.
if ARGV[5] ~= epoch then return { 'X', epoch, NOW } end
for i = 1, tonumber(ARGV[6]) do redis.call('HSET', KINDS, ARGV[6 + i], '1') end
return { 'O', epoch, NOW }
