using System.Globalization;
using AgentConsole.Platform;

namespace AgentConsole.Usage.Ingest.Otlp;

/// <summary>Reads a span's attributes; the first thing that is wrong is the span's error. Empty text counts as absent.</summary>
internal struct SpanFields(OtlpSpan span)
{
    public string? Error { get; private set; } = span.Unreadable;

    public void Fail(string error) => Error ??= error;

    public string? Text(string[] names, int maxLength = UsageEvent.MaxNameLength) => Text(span.Attributes, names, maxLength);

    public string? Text(OtlpAttributes attributes, string[] names, int maxLength = UsageEvent.MaxNameLength)
    {
        if (attributes.First(names) is not var (name, value)) return null;
        if (value.Text.Contains('\0')) Fail($"{name} contains characters that are not text");
        else if (value.Text.Length > maxLength) Fail($"{name} is longer than {maxLength} characters");
        else return value.Text;
        return null;
    }

    public bool Flag(string[] names) => span.Attributes.Text(names) is "true" or "True";

    public decimal? Money(string[] names)
    {
        if (Number(names) is not var (name, amount)) return null;
        if (amount is >= 0 and < 1_000_000_000_000m) return Math.Round(amount, 12, MidpointRounding.ToEven);
        Fail($"{name} is not an amount of money in USD");
        return null;
    }

    /// <param name="perUnit">Milliseconds in one of the attribute's units.</param>
    public int? Milliseconds(string[] names, int perUnit)
    {
        if (Number(names) is not var (name, amount)) return null;
        if (amount >= 0 && amount <= int.MaxValue / perUnit) return (int)Math.Round(amount * perUnit);
        Fail($"{name} is not a length of time");
        return null;
    }

    public DateTimeOffset? Time(string[] names) =>
        span.Attributes.Text(names) is { } text && IsoTime.TryParse(text.Trim('"'), out var at) ? at : null;

    /// <summary>Text for people, cut rather than refused.</summary>
    public static string? Excerpt(string? text, int maxLength)
    {
        text = text?.Replace("\0", "", StringComparison.Ordinal);
        if (string.IsNullOrEmpty(text)) return null;
        return text.Length <= maxLength ? text : text[..(char.IsHighSurrogate(text[maxLength - 1]) ? maxLength - 1 : maxLength)];
    }

    private (string Name, decimal Value)? Number(string[] names)
    {
        if (span.Attributes.First(names) is not var (name, value)) return null;
        if (decimal.TryParse(value.Text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)) return (name, number);
        Fail($"{name} is not a number");
        return null;
    }
}
