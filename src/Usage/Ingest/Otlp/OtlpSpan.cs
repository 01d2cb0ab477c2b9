using System.Globalization;
using System.Text.Json;

namespace AgentConsole.Usage.Ingest.Otlp;

/// <summary>One span as both encodings tell it. Its attributes are those in <see cref="OtlpNames"/> alone: what people and models wrote gets this far only apart from them, and only where it is to be stored.</summary>
/// <param name="Index">The span's place in the body, from 0.</param>
/// <param name="TraceId">32 lower-case hex digits; null when it is none.</param>
/// <param name="SpanId">16 lower-case hex digits; null when it is none.</param>
/// <param name="Kind">The protocol's number: 1 is internal, 3 is client.</param>
/// <param name="Unreadable">Why the span could not be read; null when it could.</param>
internal sealed record OtlpSpan(
    int Index,
    string? TraceId,
    string? SpanId,
    string? ParentSpanId,
    string Name,
    int Kind,
    DateTimeOffset? Start,
    DateTimeOffset? End,
    bool Failed,
    string? StatusMessage,
    OtlpAttributes Attributes,
    OtlpAttributes Resource,
    DateTimeOffset? FirstToken,
    string? Unreadable = null)
{
    /// <summary>Null unless its tenant may be one whose texts are stored.</summary>
    public SpanTexts? Texts { get; init; }

    public const int Internal = 1;
    public const int StatusError = 2;
    public const int TraceIdBytes = 16;
    public const int SpanIdBytes = 8;

    public static OtlpSpan Broken(int index, OtlpAttributes resource, string error) =>
        new(index, null, null, null, "", 0, null, null, false, null, OtlpAttributes.None, resource, null, error);

    public string? Id => TraceId is null || SpanId is null ? null : $"{TraceId}:{SpanId}";

    public static DateTimeOffset? Time(ulong unixNanoseconds) =>
        unixNanoseconds == 0 ? null : DateTimeOffset.UnixEpoch.AddTicks((long)(unixNanoseconds / 100));
}

/// <summary>An attribute's value: text, or a number or truth value in its invariant form.</summary>
internal readonly record struct OtlpValue(string Text, bool IsText)
{
    public static OtlpValue Of(string text) => new(text, true);

    public static OtlpValue Of(bool value) => new(value ? "true" : "false", false);

    public static OtlpValue Of(long value) => new(value.ToString(CultureInfo.InvariantCulture), false);

    public static OtlpValue Of(double value) => new(value.ToString("R", CultureInfo.InvariantCulture), !double.IsFinite(value));

    public void WriteTo(Utf8JsonWriter json)
    {
        if (IsText) json.WriteStringValue(Text);
        else json.WriteRawValue(Text);
    }
}

/// <summary>Attributes by name, only those that are read.</summary>
internal sealed class OtlpAttributes
{
    public static readonly OtlpAttributes None = new();

    private readonly Dictionary<string, OtlpValue> _values = [];

    public IEnumerable<KeyValuePair<string, OtlpValue>> All => _values;

    public void Add(string name, OtlpValue value) => _values[name] = value;

    /// <summary>The first of these names that says something.</summary>
    public (string Name, OtlpValue Value)? First(IReadOnlyList<string> names)
    {
        foreach (var name in names)
            if (_values.TryGetValue(name, out var value) && value.Text.Length > 0)
                return (name, value);
        return null;
    }

    public string? Text(string name) => _values.TryGetValue(name, out var value) && value.Text.Length > 0 ? value.Text : null;

    public string? Text(IReadOnlyList<string> names) => First(names)?.Value.Text;
}
