using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using AgentConsole.Usage.Ingest.Dialects;

namespace AgentConsole.Usage.Ingest;

/// <summary>Reads an item's fields; the first thing that is wrong is the item's error. Empty text counts as absent.</summary>
internal struct Fields
{
    /// <summary>More tokens or milliseconds than any request can have.</summary>
    public const long MaxCount = 1_000_000_000_000;

    /// <summary>Levels of JSON that is kept as it came.</summary>
    private const int MaxDepth = 32;

    private FieldTable _table;

    public Fields(JsonElement item)
    {
        Item = item;
        _table.Fill(item);
    }

    public string? Error { get; private set; }

    public JsonElement Item { get; }

    public void Fail(string error) => Error ??= error;

    /// <summary>The item's field, unless it is absent or null.</summary>
    public readonly JsonElement? Get(string name) => _table.TryGet(Item, name, out var value) ? Present(value) : null;

    /// <summary>A name that other items have as well.</summary>
    public string? Text(string name, int maxLength = UsageEvent.MaxNameLength) => Get(name) is { } value ? TextOf(value, name, maxLength) : null;

    /// <summary>An id, of which every item may have its own.</summary>
    public string? Id(string name) => Get(name) is { } value ? TextOf(value, name, UsageEvent.MaxIdLength, isRepeated: false) : null;

    public string? Text(JsonElement from, string name, int maxLength = UsageEvent.MaxNameLength) => Get(from, name) is { } value ? TextOf(value, name, maxLength) : null;

    public string? TextOf(JsonElement value, string name, int maxLength, bool isRepeated = true)
    {
        if (value.ValueKind is not (JsonValueKind.String or JsonValueKind.Number)) return Failed<string>($"{name} is not text");
        if (isRepeated && value.ValueKind == JsonValueKind.String && RepeatedNames.Of(JsonMarshal.GetRawUtf8Value(value)) is { } known && known.Length <= maxLength) return known;
        var text = value.ValueKind == JsonValueKind.Number ? value.GetRawText() : "";
        if (value.ValueKind == JsonValueKind.String && !TryGetText(value, out text)) return Failed<string>($"{name} contains characters that are not text");
        if (text.Length > maxLength) return Failed<string>($"{name} is longer than {maxLength} characters");
        return text.Length == 0 ? null : text;
    }

    /// <summary>Text cut to a length rather than refused: for what only people read.</summary>
    public static string? Excerpt(JsonElement? from, int maxLength) =>
        from is { ValueKind: JsonValueKind.String } value && TryGetText(value, out var text) && text.Length > 0
            ? text.Length <= maxLength ? text : text[..(char.IsHighSurrogate(text[maxLength - 1]) ? maxLength - 1 : maxLength)]
            : null;

    public string? Required(string name) => Required(name, Text(name));

    public string? Required(string name, string? text)
    {
        if (text is null) Fail($"{name} is required");
        return text;
    }

    public bool Flag(string name)
    {
        if (Get(name) is not { } value) return false;
        if (value.ValueKind is JsonValueKind.True or JsonValueKind.False) return value.GetBoolean();
        Fail($"{name} is not true or false");
        return false;
    }

    public long? Count(JsonElement from, string name, string path)
    {
        if (Get(from, name) is not { } value) return null;
        if (TryGetInteger(value, out var count) && count is >= 0 and <= MaxCount) return count;
        Fail($"{path} is not a whole number from 0 to {MaxCount}");
        return null;
    }

    public int? Milliseconds(string name)
    {
        if (Get(name) is not { } value) return null;
        if (TryGetDecimal(value, out var number) && number is >= 0 and <= int.MaxValue) return (int)Math.Round(number);
        Fail($"{name} is not a number of milliseconds");
        return null;
    }

    public int? Integer(string name)
    {
        if (Get(name) is not { } value) return null;
        if (TryGetInteger(value, out var number) && number is >= 0 and <= int.MaxValue) return (int)number;
        Fail($"{name} is not a whole number");
        return null;
    }

    public decimal? Money(string name)
    {
        if (Get(name) is not { } value) return null;
        if (TryGetDecimal(value, out var amount) && amount is >= 0 and < 1_000_000_000_000m) return Math.Round(amount, 12, MidpointRounding.ToEven);
        Fail($"{name} is not an amount of money in USD");
        return null;
    }

    /// <summary>An object or array as it came; null when absent.</summary>
    public string? Json(string name, JsonValueKind kind, int maxBytes)
    {
        if (Get(name) is not { } value) return null;
        return value.ValueKind == kind ? Raw(value, name, maxBytes) : Failed<string>($"{name} is not an {(kind == JsonValueKind.Array ? "array" : "object")}");
    }

    /// <summary>Raw usage as it is kept: without what a model wrote, when a whole response body was sent.</summary>
    public string? Usage(JsonElement value, string name, int maxBytes)
    {
        var kept = Raw(value, name, maxBytes);
        return kept is null || value.ValueKind != JsonValueKind.Object ? kept : KeptUsage.Without(value) ?? kept;
    }

    /// <summary>JSON as it came, fit to be kept and to be read again.</summary>
    public string? Raw(JsonElement value, string name, int maxBytes)
    {
        var json = JsonMarshal.GetRawUtf8Value(value);
        if (json.Length > maxBytes) return Failed<string>($"{name} is longer than {maxBytes} bytes");
        return IsReadable(json) ? Encoding.UTF8.GetString(json) : Failed<string>($"{name} contains characters that are not text, or more than {MaxDepth} levels");
    }

    /// <summary>The field, unless it is absent or null.</summary>
    public static JsonElement? Get(JsonElement from, string name) => from.ValueKind == JsonValueKind.Object && from.TryGetProperty(name, out var value) ? Present(value) : null;

    public static bool TryGetText(JsonElement value, out string text)
    {
        text = "";
        try
        {
            text = value.GetString() ?? "";
            return !text.Contains('\0');
        }
        catch (InvalidOperationException)
        {
            return false; // A lone surrogate.
        }
    }

    public static bool TryGetDecimal(JsonElement value, out decimal amount)
    {
        amount = 0;
        return value.ValueKind switch
        {
            JsonValueKind.Number => value.TryGetDecimal(out amount),
            JsonValueKind.String => TryGetText(value, out var text) && decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out amount),
            _ => false,
        };
    }

    /// <summary>A whole number in any form: 12, 12.0, 1.2e1, or one of those as text.</summary>
    private static bool TryGetInteger(JsonElement value, out long number)
    {
        number = 0;
        if (value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out number)) return true;
        if (!TryGetDecimal(value, out var exact) || !decimal.IsInteger(exact) || exact is < long.MinValue or > long.MaxValue) return false;
        number = (long)exact;
        return true;
    }

    /// <summary>The parser checks neither bytes nor escapes inside strings; who reads them later fails.</summary>
    private static bool IsReadable(ReadOnlySpan<byte> json)
    {
        if (!Utf8.IsValid(json)) return false;
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = MaxDepth });
        try
        {
            while (reader.Read())
                if (reader.ValueIsEscaped) reader.GetString();
            return true;
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            return false;
        }
    }

    private static JsonElement? Present(JsonElement value) => value.ValueKind == JsonValueKind.Null ? null : value;

    private T? Failed<T>(string error) where T : class
    {
        Fail(error);
        return null;
    }
}
