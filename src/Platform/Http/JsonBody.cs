using System.Globalization;
using System.Text.Json;

namespace AgentConsole.Platform.Http;

/// <summary>A body that is not what it should be, and why.</summary>
public sealed record InvalidBody(string Reason) : Error("invalid_body", Reason);

public sealed record BodyTooBig() : Error("too_large", "The body is over 64 KB.");

/// <summary>An object of a request's body, read field by field; the first thing that is wrong is kept in <see cref="Error"/>. A null counts as a value, not as an absence.</summary>
public sealed class JsonBody(JsonElement root)
{
    /// <summary>Lists longer than this are not read.</summary>
    private const int MaxItems = 100;
    private const int MaxBytes = 64 * 1024;

    private static readonly JsonElement Empty = JsonDocument.Parse("{}").RootElement;

    public Error? Error { get; private set; }

    /// <param name="optional">Whether no body at all is an empty object.</param>
    public static async Task<Result<JsonBody>> ReadAsync(HttpContext context, CancellationToken cancellationToken, bool optional = false)
    {
        try
        {
            using var text = new MemoryStream();
            await using var capped = new CappedStream(context.Request.Body, MaxBytes);
            await capped.CopyToAsync(text, cancellationToken);
            if (text.Length == 0 && optional) return new JsonBody(Empty);
            var root = JsonDocument.Parse(text.ToArray()).RootElement;
            return root.ValueKind == JsonValueKind.Object ? new JsonBody(root) : new InvalidBody("The body is not a JSON object.");
        }
        catch (JsonException)
        {
            return new InvalidBody("The body is not JSON.");
        }
        catch (CappedStream.ExceededException)
        {
            return new BodyTooBig();
        }
    }

    public bool Has(string name) => root.TryGetProperty(name, out _);

    public string? RequiredText(string name)
    {
        if (!root.TryGetProperty(name, out var value)) return Fail<string>($"{name} is required.");
        return Text(name, value);
    }

    /// <summary>Null when it is absent.</summary>
    public string? Text(string name) => root.TryGetProperty(name, out var value) ? Text(name, value) : null;

    /// <summary>Null when it is absent or null.</summary>
    public string? NullableText(string name) => IsGiven(name, out var value) ? Text(name, value) : null;

    /// <summary>Reads a field of an object within, or says what is wrong with it; an absent one is an empty object.</summary>
    public T Within<T>(string name, Func<JsonBody, T> read)
    {
        var inner = new JsonBody(Empty);
        if (IsGiven(name, out var value))
        {
            if (value.ValueKind == JsonValueKind.Object) inner = new(value);
            else Fail<object>($"{name} is not an object.");
        }
        var answer = read(inner);
        if (inner.Error is { } error) Error ??= new InvalidBody($"{name}: {error.Message}");
        return answer;
    }

    /// <summary>Reads each object of a list; none when it is absent or null.</summary>
    public IReadOnlyList<T> Each<T>(string name, Func<JsonBody, T> read)
    {
        if (!IsGiven(name, out var value)) return [];
        if (value.ValueKind != JsonValueKind.Array || value.GetArrayLength() > MaxItems || value.EnumerateArray().Any(static item => item.ValueKind != JsonValueKind.Object))
            return Fail<T[]>($"{name} is not a list of at most {MaxItems} objects.") ?? [];
        var given = new List<T>();
        foreach (var item in value.EnumerateArray())
        {
            var inner = new JsonBody(item);
            given.Add(read(inner));
            if (inner.Error is { } error) Error ??= new InvalidBody($"{name}: {error.Message}");
        }
        return given;
    }

    /// <summary>Null when it is absent or null.</summary>
    public IReadOnlyList<int>? NullableIntegers(string name)
    {
        if (!IsGiven(name, out var value)) return null;
        if (value.ValueKind != JsonValueKind.Array || value.GetArrayLength() > MaxItems) return Fail<int[]>($"{name} is not a list of at most {MaxItems}.");
        var numbers = new List<int>();
        foreach (var item in value.EnumerateArray())
        {
            if (item.ValueKind != JsonValueKind.Number || !item.TryGetInt32(out var number)) return Fail<int[]>($"{name} is not a list of whole numbers.");
            numbers.Add(number);
        }
        return numbers;
    }

    public int Integer(string name, int otherwise)
    {
        if (!root.TryGetProperty(name, out var value)) return otherwise;
        return value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) ? number : Fail<int>($"{name} is not a whole number.");
    }

    /// <summary>Null when it is absent or null.</summary>
    public int? NullableInteger(string name) => IsGiven(name, out _) ? Integer(name, 0) : null;

    /// <summary>Null when it is absent or null.</summary>
    public bool? NullableFlag(string name)
    {
        if (!IsGiven(name, out var value)) return null;
        return value.ValueKind is JsonValueKind.True or JsonValueKind.False ? value.GetBoolean() : Fail<bool?>($"{name} is not true or false.");
    }

    public decimal? RequiredDecimal(string name)
    {
        if (!IsGiven(name, out _)) return Fail<decimal?>($"{name} is required.");
        return NullableDecimal(name);
    }

    /// <summary>A decimal string or a number; null when it is absent or null.</summary>
    public decimal? NullableDecimal(string name)
    {
        if (!IsGiven(name, out var value)) return null;
        if (value.ValueKind == JsonValueKind.Number && value.TryGetDecimal(out var number)) return number;
        return value.ValueKind == JsonValueKind.String && decimal.TryParse(Text(name, value), NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out number)
            ? number
            : Fail<decimal?>($"{name} is not a decimal such as \"0.92\".");
    }

    /// <summary>Null when it is absent or null.</summary>
    public DateTimeOffset? NullableTime(string name)
    {
        if (!IsGiven(name, out var value)) return null;
        return Text(name, value) is { } text && IsoTime.TryParse(text, out var at) ? at : Fail<DateTimeOffset?>($"{name} is not an ISO 8601 time with an offset.");
    }

    public IReadOnlyList<string> Texts(string name, bool required)
    {
        if (!IsGiven(name, out var value)) return required ? Fail<string[]>($"{name} is required.") ?? [] : [];
        if (value.ValueKind != JsonValueKind.Array || value.GetArrayLength() > MaxItems) return Fail<string[]>($"{name} is not a list of at most {MaxItems}.") ?? [];
        return [.. value.EnumerateArray().Select(item => Text(name, item) ?? "")];
    }

    private bool IsGiven(string name, out JsonElement value) => root.TryGetProperty(name, out value) && value.ValueKind != JsonValueKind.Null;

    private string? Text(string name, JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.String) return Fail<string>($"{name} is not text.");
        try
        {
            return value.GetString()!;
        }
        catch (InvalidOperationException)
        {
            // Half of a surrogate pair: no character.
            return Fail<string>($"{name} is not valid text.");
        }
    }

    private T? Fail<T>(string reason)
    {
        Error ??= new InvalidBody(reason);
        return default;
    }
}
