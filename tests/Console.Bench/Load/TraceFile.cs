using System.Globalization;

namespace AgentConsole.Bench.Load;

/// <summary>One request of a public trace.</summary>
/// <param name="Number">The row's place, from 0: what tenant, user, key and model follow from.</param>
internal readonly record struct TraceRow(int Number, DateTimeOffset At, int ContextTokens, int GeneratedTokens);

/// <summary>A public request trace: CSV with the columns TIMESTAMP (UTC), ContextTokens, GeneratedTokens.</summary>
internal static class TraceFile
{
    public static IReadOnlyList<TraceRow> Read(string path)
    {
        using var text = new StreamReader(path);
        return Read(text);
    }

    public static IReadOnlyList<TraceRow> Read(TextReader text)
    {
        var header = (text.ReadLine() ?? "").Split(',');
        var (at, context, generated) = (Column(header, "TIMESTAMP"), Column(header, "ContextTokens"), Column(header, "GeneratedTokens"));
        var rows = new List<TraceRow>();
        while (text.ReadLine() is { } line)
        {
            if (line.Length == 0) continue;
            var cells = line.Split(',');
            rows.Add(new TraceRow(
                rows.Count,
                DateTimeOffset.Parse(cells[at], CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal),
                int.Parse(cells[context], CultureInfo.InvariantCulture),
                int.Parse(cells[generated], CultureInfo.InvariantCulture)));
        }
        return rows;
    }

    private static int Column(string[] header, string name) =>
        Array.FindIndex(header, cell => cell.Trim() == name) is var index and >= 0 ? index : throw new FormatException($"The trace has no column {name}.");

    /// <summary>The same requests, moved in time as a whole.</summary>
    public static IReadOnlyList<TraceRow> Shift(IReadOnlyList<TraceRow> rows, TimeSpan by) => [.. rows.Select(row => row with { At = row.At + by })];
}
