using System.Globalization;
using AgentConsole.Platform;
using CsvHelper;

namespace AgentConsole.Limits;

/// <summary>Limits as a table: the first line names the columns, separated by commas, semicolons or tabs, as spreadsheets copy them.</summary>
public static class LimitCsv
{
    public const int MostCharacters = 512 * 1024;

    public static readonly IReadOnlyList<string> Columns = ["tenant", "team", "user", "key", "model", "provider", "session", "measure", "max", "window", "action", "expiresAt", "reason"];

    /// <summary>Every line, those that cannot be read with their reasons. Fails with <see cref="InvalidTable"/> or <see cref="TooManyLines"/>.</summary>
    /// <param name="tenant">Of lines that name none; null: then each must.</param>
    public static Result<List<LimitLine>> Read(string text, string? tenant)
    {
        if (text.Length > MostCharacters) return new InvalidTable("The table is over 512 KB.");
        var head = text.TrimStart('\uFEFF', '\r', '\n', ' ');
        var first = head.Split('\n')[0];
        var delimiter = first.Contains('\t', StringComparison.Ordinal) ? '\t' : first.Contains(';', StringComparison.Ordinal) ? ';' : ',';
        using var csv = CsvReader.Create(new StringReader(head), new CsvReaderOptions { HasHeader = false, Separator = delimiter, SkipEmptyLines = true, TrackLineNumbers = true, TrimWhitespace = true });
        var lines = new List<LimitLine>();
        try
        {
            if (!csv.Read()) return new InvalidTable("The table is empty.");
            var names = Cells(csv);
            if (HeadError(names) is { } wrong) return new InvalidTable(wrong);
            while (csv.Read())
            {
                if (lines.Count == SaveLimits.MostLines) return new TooManyLines(SaveLimits.MostLines);
                lines.Add(Line((int)csv.LineNumber, names, Cells(csv), tenant));
            }
        }
        catch (Exception error) when (error is CsvFormatException or CsvValidationException)
        {
            return new InvalidTable($"The table cannot be read after line {(lines.Count == 0 ? 1 : lines[^1].Number)}: a quote may be missing.");
        }
        return lines.Count == 0 ? new InvalidTable("The table has a first line and nothing below it.") : lines;
    }

    private static string[] Cells(CsvReader csv) => [.. Enumerable.Range(0, csv.FieldCount).Select(csv.GetString)];

    private static string? HeadError(string[] names)
    {
        var unknown = names.Where(static name => !Columns.Contains(name, StringComparer.OrdinalIgnoreCase)).ToList();
        if (unknown.Count > 0) return $"The first line names the columns: {string.Join(", ", Columns)}. Not {string.Join(", ", unknown.Select(static name => $"“{name}”"))}.";
        if (names.Distinct(StringComparer.OrdinalIgnoreCase).Count() < names.Length) return "The first line names a column twice.";
        var missing = new[] { "measure", "max" }.Where(column => !names.Contains(column, StringComparer.OrdinalIgnoreCase)).ToList();
        return missing.Count > 0 ? $"The first line lacks {string.Join(" and ", missing)}." : null;
    }

    private static LimitLine Line(int number, string[] names, string[] cells, string? tenant)
    {
        var reasons = new List<string>();
        if (cells.Length > names.Length) reasons.Add($"It has {cells.Length} cells, the first line has {names.Length}.");
        var measure = LimitNames.Measure(Cell("measure")?.ToLowerInvariant());
        var (window, action, expires) = (LimitNames.Window(Cell("window")?.ToLowerInvariant()), LimitNames.Action(Cell("action")?.ToLowerInvariant() ?? "block"), (DateTimeOffset?)null);
        if (measure is null) reasons.Add("measure is one of requests, tokens, cost, concurrency.");
        if (Cell("window") is not null && window is null) reasons.Add("window is one of minute, hour, day, week, month, session.");
        if (action is null) reasons.Add("action is one of block, warn.");
        if (!decimal.TryParse(Cell("max")?.TrimStart('$'), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var max)) reasons.Add("max is a number such as 25.00, without separators of thousands.");
        if (Cell("expiresAt") is { } end && !(IsoTime.TryParse(end, out var at) && (expires = at) is not null)) reasons.Add("expiresAt is an ISO 8601 time with an offset, such as 2027-01-31T00:00:00Z.");
        if ((Cell("tenant") ?? tenant) is not { } of) reasons.Add("tenant is missing.");
        else if (reasons.Count == 0) return new(number, new(new(of, Cell("team"), Cell("user"), Cell("key"), Cell("model"), Cell("provider"), Cell("session")), measure!.Value, max, window, action!.Value, expires, Cell("reason")));
        return new(number, null) { Reasons = reasons };

        string? Cell(string column)
        {
            var index = Array.FindIndex(names, name => name.Equals(column, StringComparison.OrdinalIgnoreCase));
            return index >= 0 && index < cells.Length && cells[index].Length > 0 ? cells[index] : null;
        }
    }
}
