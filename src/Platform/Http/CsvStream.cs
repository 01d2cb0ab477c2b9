using System.Globalization;
using CsvHelper;

namespace AgentConsole.Platform.Http;

/// <summary>CSV (RFC 4180, UTF-8) written row by row to a response. Text that a spreadsheet would take for a formula is put behind an apostrophe.</summary>
public sealed class CsvStream(Stream stream) : IAsyncDisposable
{
    private readonly CsvWriter _csv = CsvWriter.Create(stream, new CsvWriterOptions { NewLine = "\r\n", CommentPrefix = '#', ValidateFieldCount = false }, leaveOpen: true);
    private readonly List<string> _row = [];

    /// <summary>A line of its own, behind #, that says what the rows are.</summary>
    public void Comment(string text) => _csv.WriteComment($" {text.ReplaceLineEndings(" ")}");

    public void Text(string? value) => _row.Add(Harmless(value) ?? "");

    /// <summary>A figure of ours, in which a leading minus is no formula.</summary>
    public void Figure(string? value) => _row.Add(value ?? "");

    public void Figure(long value) => _row.Add(value.ToString(CultureInfo.InvariantCulture));

    public void Figure(decimal? value) => _row.Add(value?.ToString("0.############", CultureInfo.InvariantCulture) ?? "");

    public async Task EndRowAsync(CancellationToken cancellationToken)
    {
        await _csv.WriteRecordAsync(_row.ToArray(), cancellationToken);
        _row.Clear();
    }

    public ValueTask DisposeAsync() => _csv.DisposeAsync();

    internal static string? Harmless(string? value) =>
        value is ['=' or '+' or '-' or '@' or '\t' or '\r' or '\n' or '＝' or '＋' or '－' or '＠', ..] ? "'" + value : value;
}
