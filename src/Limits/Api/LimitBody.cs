using System.Globalization;
using System.Text.Json;
using AgentConsole.Platform;

namespace AgentConsole.Limits.Api;

/// <summary>A body that is not what it should be, and every reason.</summary>
internal sealed record InvalidBody(IReadOnlyList<string> Reasons) : Error("invalid_body", string.Join(' ', Reasons));

internal sealed record BodyTooBig() : Error("too_large", "The body is over 64 KB.");

/// <summary>An object of a request's body, read field by field; all that is wrong is kept in <see cref="Errors"/>, named by its path. Null is absence.</summary>
internal sealed class LimitBody
{
    private const int MaxBytes = 64 * 1024;

    private readonly JsonElement _root;
    private readonly string _path;

    private LimitBody(JsonElement root, string path, List<string> errors) => (_root, _path, Errors) = (root, path, errors);

    public List<string> Errors { get; }

    public Error? Error => Errors.Count == 0 ? null : new InvalidBody(Errors);

    public static async ValueTask<Result<LimitBody>> ReadAsync(HttpContext context, CancellationToken cancellationToken)
    {
        try
        {
            using var text = new MemoryStream();
            await using var capped = new CappedStream(context.Request.Body, MaxBytes);
            await capped.CopyToAsync(text, cancellationToken);
            var root = JsonDocument.Parse(text.GetBuffer().AsMemory(0, (int)text.Length)).RootElement;
            return root.ValueKind == JsonValueKind.Object ? new LimitBody(root, "", []) : new InvalidBody(["The body is not a JSON object."]);
        }
        catch (JsonException)
        {
            return new InvalidBody(["The body is not JSON."]);
        }
        catch (CappedStream.ExceededException)
        {
            return new BodyTooBig();
        }
    }

    /// <summary>An empty one, and an error, when it is not there.</summary>
    public LimitBody Object(string name)
    {
        if (Find(name, out var value) && value.ValueKind == JsonValueKind.Object) return new(value, $"{_path}{name}.", Errors);
        Fail(name, "is required: an object");
        return new(JsonDocument.Parse("{}").RootElement, $"{_path}{name}.", Errors);
    }

    /// <summary>An empty one when it is not there.</summary>
    public LimitBody OptionalObject(string name) => Find(name, out _) ? Object(name) : new(JsonDocument.Parse("{}").RootElement, $"{_path}{name}.", Errors);

    public string? Text(string name)
    {
        if (!Find(name, out var value)) return null;
        if (value.ValueKind != JsonValueKind.String) return Fail(name, "is not text");
        try
        {
            return value.GetString();
        }
        catch (InvalidOperationException)
        {
            return Fail(name, "is not valid text");
        }
    }

    public string RequiredText(string name)
    {
        if (!Find(name, out _)) Fail(name, "is required");
        return Text(name) ?? "";
    }

    /// <summary>One of some names; null with an error when it is another.</summary>
    public T? Choice<T>(string name, Func<string?, T?> parse, bool isRequired) where T : struct, Enum
    {
        if (!isRequired && !Find(name, out _)) return null;
        var text = RequiredText(name);
        if (text.Length > 0 && parse(text) is { } value) return value;
        if (text.Length > 0) Fail(name, $"is one of {string.Join(", ", Enum.GetValues<T>().Select(static value => value.ToString()!.ToLowerInvariant()))}");
        return null;
    }

    /// <summary>A decimal string or a number; null when it is absent.</summary>
    public decimal? Decimal(string name)
    {
        if (!Find(name, out var value)) return null;
        if (value.ValueKind == JsonValueKind.Number && value.TryGetDecimal(out var number)) return number;
        if (value.ValueKind == JsonValueKind.String && decimal.TryParse(Text(name), NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out number)) return number;
        Fail(name, "is not a decimal such as \"25.00\"");
        return null;
    }

    public decimal RequiredDecimal(string name)
    {
        if (!Find(name, out _)) Fail(name, "is required");
        return Decimal(name) ?? 0;
    }

    public long? Integer(string name)
    {
        if (Decimal(name) is not { } value) return null;
        if (decimal.Truncate(value) == value && value is >= long.MinValue and <= long.MaxValue) return (long)value;
        Fail(name, "is not a whole number");
        return null;
    }

    public DateTimeOffset? Time(string name)
    {
        if (Text(name) is not { } text) return null;
        if (IsoTime.TryParse(text, out var at)) return at;
        Fail(name, "is not an ISO 8601 time with an offset");
        return null;
    }

    private bool Find(string name, out JsonElement value) => _root.TryGetProperty(name, out value) && value.ValueKind != JsonValueKind.Null;

    private string? Fail(string name, string reason)
    {
        Errors.Add($"{_path}{name} {reason}.");
        return null;
    }
}
