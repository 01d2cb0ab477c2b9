namespace AgentConsole.Shell;

/// <summary>The colour of a series: one of eight, by its key, the same in every chart of one visitor.</summary>
/// <remarks>Two keys may want the same colour. Within a chart the later one takes the next free, and both keep theirs for the visit.</remarks>
public sealed class SeriesColours
{
    public const int Count = 8;
    public const string Other = "other";

    /// <summary>Beyond this the oldest choices are forgotten.</summary>
    private const int MostRemembered = 1000;

    /// <summary>The names seen most have a colour each, so that they do not fight for one.</summary>
    private static readonly Dictionary<string, int> Known = new()
    {
        ["provider=deepseek"] = 0, ["provider=azure"] = 1, ["provider=x-ai"] = 2, ["provider=aws"] = 3,
        ["provider=openai"] = 4, ["provider=anthropic"] = 5, ["provider=mistral"] = 6, ["provider=google"] = 7,
    };

    private readonly Dictionary<string, int> chosen = [];

    /// <summary>Token names (<c>1</c> to <c>8</c>) for at most eight keys of one chart.</summary>
    /// <param name="dimension">Keys of different dimensions have nothing to do with each other.</param>
    public IReadOnlyList<string> Assign(string dimension, IReadOnlyList<string?> keys)
    {
        if (chosen.Count > MostRemembered)
            chosen.Clear();
        var names = keys.Select(key => $"{dimension}={key}").ToList();
        var taken = new Dictionary<int, string>();
        foreach (var name in names.Order(StringComparer.Ordinal).OrderBy(name => Known.ContainsKey(name) ? 0 : chosen.ContainsKey(name) ? 1 : 2))
            taken[Free(name, taken)] = name;
        var slots = taken.ToDictionary(static pair => pair.Value, static pair => pair.Key);
        return [.. names.Select((name, index) => Fixed(dimension, keys[index]) ?? $"{slots[name] + 1}")];
    }

    private int Free(string name, Dictionary<int, string> taken)
    {
        var slot = Known.TryGetValue(name, out var known) ? known : chosen.TryGetValue(name, out var before) ? before : (int)(Hash(name) % Count);
        for (var tries = 0; taken.ContainsKey(slot) && tries < Count; tries++)
            slot = (slot + 1) % Count;
        chosen.TryAdd(name, slot);
        return taken.ContainsKey(slot) ? Count + taken.Count : slot;
    }

    /// <summary>Status has its own meaning-bearing colours.</summary>
    private static string? Fixed(string dimension, string? key) => (dimension, key) switch
    {
        ("status", "success") => "ok",
        ("status", "failure") => "critical",
        ("status", "denied") => "warning",
        ("status", _) => "unknown",
        (_, null) => "unknown",
        _ => null,
    };

    /// <summary>FNV-1a: the same on every run and machine, unlike string.GetHashCode.</summary>
    private static uint Hash(string text)
    {
        var hash = 2166136261u;
        foreach (var letter in text)
            hash = (hash ^ letter) * 16777619u;
        return hash;
    }
}
