using System.Globalization;

namespace AgentConsole.Usage;

/// <summary>What requests are chosen by besides their dimensions. All of it must hold; of several values for one name, any. A null value means "not set".</summary>
public sealed record RequestFilter
{
    /// <summary>Whichever conflict.</summary>
    public const string AnyConflict = "any";

    /// <summary>Before a tag's key in the name of its parameter: <c>tag.env=prod</c>.</summary>
    public const string TagPrefix = "tag.";

    public static readonly RequestFilter None = new();

    /// <summary>The names in the public API and in page URLs; besides these, each tag has its own.</summary>
    public static readonly IReadOnlyList<string> Names =
        ["conflict", "unpriced", "fallback", "minCost", "maxCost", "minLatencyMs", "maxLatencyMs", "error", "httpStatus", "session"];

    /// <summary>USD, included; a request without a price is in no range.</summary>
    public decimal? MinCost { get; init; }
    public decimal? MaxCost { get; init; }
    /// <summary>Included; a request of unknown latency is in no range.</summary>
    public int? MinLatencyMs { get; init; }
    public int? MaxLatencyMs { get; init; }
    /// <summary>One of these codes; <see cref="AnyConflict"/> means whichever.</summary>
    public IReadOnlyList<string> Conflicts { get; init; } = [];
    public bool Unpriced { get; init; }
    /// <summary>More than one provider was tried.</summary>
    public bool Fallback { get; init; }
    public IReadOnlyList<string?> Errors { get; init; } = [];
    public IReadOnlyList<HttpStatuses> HttpStatuses { get; init; } = [];
    public IReadOnlyList<string?> Sessions { get; init; } = [];
    public IReadOnlyDictionary<string, IReadOnlyList<string?>> Tags { get; init; } = new Dictionary<string, IReadOnlyList<string?>>();

    public bool IsNone => this is { MinCost: null, MaxCost: null, MinLatencyMs: null, MaxLatencyMs: null, Unpriced: false, Fallback: false, Conflicts.Count: 0, Errors.Count: 0, HttpStatuses.Count: 0, Sessions.Count: 0, Tags.Count: 0 };

    /// <summary>Whether a parameter of this name says something of it.</summary>
    public static bool Knows(string name) => Names.Contains(name) || (name.StartsWith(TagPrefix, StringComparison.Ordinal) && name.Length > TagPrefix.Length);

    /// <summary>Reads the parameters it knows. What cannot be read is left out, and the first such is what is wrong.</summary>
    public static (RequestFilter Filter, string? Wrong) Read(IEnumerable<(string Name, string Value)> parameters)
    {
        var reading = new RequestFilterReading(parameters.Where(static parameter => Knows(parameter.Name)));
        var filter = new RequestFilter
        {
            MinCost = reading.Money("minCost"),
            MaxCost = reading.Money("maxCost"),
            MinLatencyMs = reading.Milliseconds("minLatencyMs"),
            MaxLatencyMs = reading.Milliseconds("maxLatencyMs"),
            Conflicts = [.. reading.Texts("conflict").OfType<string>()],
            Unpriced = reading.Flag("unpriced"),
            Fallback = reading.Flag("fallback"),
            Errors = reading.Texts("error"),
            HttpStatuses = reading.HttpStatuses("httpStatus"),
            Sessions = reading.Texts("session"),
            Tags = reading.Tags(),
        };
        return (filter, reading.Wrong);
    }
}

/// <summary>One HTTP status, or a class of them: <c>429</c>, <c>5xx</c>.</summary>
public readonly record struct HttpStatuses(int First, int Last)
{
    public static HttpStatuses? Parse(string text) => text switch
    {
        [>= '1' and <= '9' and var hundreds, 'x' or 'X', 'x' or 'X'] => new((hundreds - '0') * 100, (hundreds - '0') * 100 + 99),
        _ when int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var status) && status is >= 100 and <= 999 => new(status, status),
        _ => null,
    };
}

/// <summary>Parameters as text, read one by one; remembers the first that is wrong.</summary>
internal sealed class RequestFilterReading(IEnumerable<(string Name, string Value)> parameters)
{
    private readonly (string Name, string Value)[] _parameters = [.. parameters];

    public string? Wrong { get; private set; }

    /// <summary>Empty text is null.</summary>
    public IReadOnlyList<string?> Texts(string name)
    {
        var values = new List<string?>();
        foreach (var value in All(name))
        {
            if (value.Contains('\0', StringComparison.Ordinal)) Fail($"{name} contains characters that are not text.");
            else values.Add(value.Length == 0 ? null : value);
        }
        return [.. values.Distinct()];
    }

    public bool Flag(string name)
    {
        var value = Last(name);
        if (value is not ("" or "true" or "false")) Fail($"{name} \"{value}\" is neither true nor false.");
        return value == "true";
    }

    public decimal? Money(string name)
    {
        if (Last(name) is not { Length: > 0 } text) return null;
        if (decimal.TryParse(text, NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out var usd)) return usd;
        Fail($"{name} \"{text}\" is not an amount of US dollars such as 0.25.");
        return null;
    }

    public int? Milliseconds(string name)
    {
        if (Last(name) is not { Length: > 0 } text) return null;
        if (int.TryParse(text, NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out var milliseconds)) return milliseconds;
        Fail($"{name} \"{text}\" is not a whole number of milliseconds.");
        return null;
    }

    public IReadOnlyList<HttpStatuses> HttpStatuses(string name)
    {
        var statuses = new List<HttpStatuses>();
        foreach (var text in All(name).Where(static text => text.Length > 0))
        {
            if (Usage.HttpStatuses.Parse(text) is { } status) statuses.Add(status);
            else Fail($"{name} \"{text}\" is neither a status such as 429 nor a class such as 5xx.");
        }
        return statuses;
    }

    public IReadOnlyDictionary<string, IReadOnlyList<string?>> Tags() => _parameters
        .Where(static parameter => parameter.Name.StartsWith(RequestFilter.TagPrefix, StringComparison.Ordinal) && !parameter.Name.Contains('\0', StringComparison.Ordinal))
        .Select(static parameter => parameter.Name).Distinct()
        .ToDictionary(static name => name[RequestFilter.TagPrefix.Length..], Texts, StringComparer.Ordinal);

    private IEnumerable<string> All(string name) => _parameters.Where(parameter => parameter.Name == name).Select(static parameter => parameter.Value);

    private string Last(string name) => All(name).LastOrDefault("").Trim();

    private void Fail(string wrong) => Wrong ??= wrong;
}
