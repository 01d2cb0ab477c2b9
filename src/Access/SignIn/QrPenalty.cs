namespace AgentConsole.Access.SignIn;

/// <summary>How hard a QR code is to read: runs, blocks, what looks like a finder, and too much of one colour.</summary>
internal static class QrPenalty
{
    private static readonly bool[] Finder = [true, false, true, true, true, false, true, false, false, false, false];
    private static readonly bool[] FinderBackwards = [.. Finder.Reverse()];

    public static int Of(QrMatrix matrix)
    {
        var penalty = 0;
        for (var line = 0; line < matrix.Size; line++)
        {
            penalty += OfLine([.. Enumerable.Range(0, matrix.Size).Select(at => matrix.IsDark(at, line))]);
            penalty += OfLine([.. Enumerable.Range(0, matrix.Size).Select(at => matrix.IsDark(line, at))]);
        }
        return penalty + OfBlocks(matrix) + OfBalance(matrix);
    }

    private static int OfLine(bool[] line)
    {
        var penalty = 0;
        for (int at = 1, run = 1; at <= line.Length; at++)
        {
            if (at < line.Length && line[at] == line[at - 1])
            {
                run++;
                continue;
            }
            if (run >= 5) penalty += run - 2;
            run = 1;
        }
        for (var at = 0; at + Finder.Length <= line.Length; at++)
        {
            var part = line.AsSpan(at, Finder.Length);
            if (part.SequenceEqual(Finder) || part.SequenceEqual(FinderBackwards)) penalty += 40;
        }
        return penalty;
    }

    private static int OfBlocks(QrMatrix matrix)
    {
        var penalty = 0;
        for (var y = 0; y + 1 < matrix.Size; y++)
            for (var x = 0; x + 1 < matrix.Size; x++)
            {
                var one = matrix.IsDark(x, y);
                if (one == matrix.IsDark(x + 1, y) && one == matrix.IsDark(x, y + 1) && one == matrix.IsDark(x + 1, y + 1)) penalty += 3;
            }
        return penalty;
    }

    private static int OfBalance(QrMatrix matrix)
    {
        var dark = 0;
        for (var y = 0; y < matrix.Size; y++)
            for (var x = 0; x < matrix.Size; x++)
                if (matrix.IsDark(x, y)) dark++;
        return Math.Abs(dark * 20 / (matrix.Size * matrix.Size) - 10) * 10;
    }
}
