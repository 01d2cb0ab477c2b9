using System.Text.Json;
using AgentConsole.Platform;

namespace AgentConsole.Usage.Ingest;

/// <summary>A request body cut into items: one object, an array, or one object a line (NDJSON).</summary>
internal sealed class IngestBody : IDisposable
{
    public const int MaxItems = 10_000;
    public const int MaxBytes = 16 * 1024 * 1024;

    /// <summary>Far more than a sender needs in fields that are ignored: deeper, and the whole body would be refused.</summary>
    private static readonly JsonDocumentOptions Options = new() { MaxDepth = 1000 };

    private readonly List<JsonDocument> _documents = [];

    /// <summary>Each item, or why it could not be read, in the order sent.</summary>
    public List<(JsonElement? Json, string? Error)> Items { get; } = [];

    public static Result<IngestBody> Parse(ReadOnlyMemory<byte> bytes)
    {
        if (bytes.Span.StartsWith("\uFEFF"u8)) bytes = bytes[3..];
        var body = new IngestBody();
        var error = body.ParseWhole(bytes) ?? (body.Items.Count > MaxItems ? new BodyTooLarge($"More than {MaxItems:N0} events. Send them in several requests.") : null);
        if (error is null) return body;
        body.Dispose();
        return error;
    }

    public void Dispose()
    {
        foreach (var document in _documents) document.Dispose();
    }

    private Error? ParseWhole(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            var document = JsonDocument.Parse(bytes, Options);
            _documents.Add(document);
            return Take(document.RootElement);
        }
        catch (JsonException error)
        {
            // A broken array is no list of lines, even when some of its lines could stand alone: it was cut off, and the sender must know.
            return !bytes.Span.TrimStart(" \t\r\n"u8).StartsWith("["u8) && ParseLines(bytes) ? null : new UnreadableBody($"The body is not JSON: {Where(error)}.");
        }
    }

    private Error? Take(JsonElement root)
    {
        if (root.ValueKind == JsonValueKind.Object)
        {
            Items.Add((root, null));
            return null;
        }
        if (root.ValueKind != JsonValueKind.Array) return new UnreadableBody("The body is neither an object nor an array nor one object a line.");
        foreach (var item in root.EnumerateArray()) Items.Add(item.ValueKind == JsonValueKind.Object ? (item, null) : (null, "is not an object"));
        return null;
    }

    /// <summary>One object a line; a broken line is an item with an error. False when no line is an object.</summary>
    private bool ParseLines(ReadOnlyMemory<byte> bytes)
    {
        var any = false;
        while (bytes.Length > 0 && Items.Count <= MaxItems)
        {
            var end = bytes.Span.IndexOf((byte)'\n');
            var line = end < 0 ? bytes : bytes[..end];
            bytes = end < 0 ? default : bytes[(end + 1)..];
            if (line.Span.Trim(" \t\r"u8).Length > 0) any |= ParseLine(line);
        }
        return any;
    }

    private bool ParseLine(ReadOnlyMemory<byte> line)
    {
        try
        {
            var document = JsonDocument.Parse(line, Options);
            _documents.Add(document);
            var isObject = document.RootElement.ValueKind == JsonValueKind.Object;
            Items.Add(isObject ? (document.RootElement, null) : (null, "is not an object"));
            return isObject;
        }
        catch (JsonException error)
        {
            Items.Add((null, $"is not JSON: {Where(error)}"));
            return false;
        }
    }

    private static string Where(JsonException error) => $"line {error.LineNumber + 1}, byte {error.BytePositionInLine + 1}";
}
