using System.Globalization;
using AgentConsole.Platform.Http;

namespace AgentConsole.Access.Audit;

/// <summary>The audit as CSV: what it is of, then its entries, newest first.</summary>
internal static class AuditCsv
{
    /// <summary>What is beyond is said in the last line.</summary>
    public const int MaxRows = 100_000;

    private static readonly string[] Columns = ["time", "tenant", "sequence", "actor", "onBehalfOf", "action", "subject", "before", "after", "address", "traceId", "hash"];

    public static async Task WriteAsync(Stream stream, AuditFilter filter, TimeZoneInfo zone, IAsyncEnumerable<AuditRow> rows, CancellationToken cancellationToken)
    {
        await using var csv = new CsvStream(stream);
        csv.Comment($"from: {TimeZoneInfo.ConvertTime(filter.From, zone):O}; to (not included): {TimeZoneInfo.ConvertTime(filter.To, zone):O}; time zone: {zone.Id}");
        foreach (var (name, value) in new[] { ("actor", filter.Actor), ("action", filter.Action), ("search", filter.Search) })
            if (value is not null) csv.Comment($"{name}: {value}");
        foreach (var column in Columns) csv.Figure(column);
        await csv.EndRowAsync(cancellationToken);
        var written = 0;
        await foreach (var row in rows.WithCancellation(cancellationToken))
        {
            if (++written > MaxRows) break;
            await WriteAsync(csv, row, zone, cancellationToken);
        }
        if (written > MaxRows) csv.Comment($"There are more entries than the {MaxRows} above: take a shorter range.");
    }

    private static Task WriteAsync(CsvStream csv, AuditRow row, TimeZoneInfo zone, CancellationToken cancellationToken)
    {
        csv.Figure(TimeZoneInfo.ConvertTime(row.At, zone).ToString("yyyy-MM-dd'T'HH:mm:ss.ffffffzzz", CultureInfo.InvariantCulture));
        csv.Text(row.Tenant);
        csv.Figure(row.Sequence);
        foreach (var text in new[] { row.Actor, row.OnBehalfOf, row.Action, row.Subject, row.Before, row.After, row.Address, row.TraceId }) csv.Text(text);
        csv.Figure(row.Hash);
        return csv.EndRowAsync(cancellationToken);
    }
}
