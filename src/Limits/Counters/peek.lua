-- ARGV: 5 request.
local r = load(ARGV[5])
if not r then return { 'M', epoch, NOW, '-' } end
local was = r[1]
if was == 'H' and r[2] <= NOW then was = 'X' end
return { 'D', epoch, NOW, was, r[3], r[4] }
