-- ARGV: 5 meters; then their names.
reclaim(500)
local seen = {}
for i = 1, tonumber(ARGV[5]) do
  local w, f, h, u = read(ARGV[5 + i], ARGV[5 + i]:sub(2, 2) == 'S' and -2 or 0)
  local at = (i - 1) * 4
  seen[at + 1], seen[at + 2], seen[at + 3], seen[at + 4] = w, f, h, u or 0
end
return { 'O', epoch, NOW, seen }
