using AgentConsole.Shell;

namespace AgentConsole.Usage.Pages;

/// <summary>The filters of a URL as the fields of a form: those that are typed rather than chosen. What is not in a field is not touched.</summary>
public sealed class RequestFilterDraft
{
    public static readonly Dimension[] Typed = [Dimension.Team, Dimension.Agent, Dimension.Tool, Dimension.Operation, Dimension.Prompt, Dimension.PromptVersion, Dimension.Source];

    public string MinCost { get; set; } = "";
    public string MaxCost { get; set; } = "";
    public string MinLatencyMs { get; set; } = "";
    public string MaxLatencyMs { get; set; } = "";
    public string HttpStatus { get; set; } = "";
    public string Error { get; set; } = "";
    public string Session { get; set; } = "";
    /// <summary><c>env=prod</c>; several by commas.</summary>
    public string Tags { get; set; } = "";
    public bool Fallback { get; set; }
    public bool Unpriced { get; set; }
    public bool Conflict { get; set; }
    public Dictionary<Dimension, string> Names { get; } = Typed.ToDictionary(static dimension => dimension, static _ => "");

    public static RequestFilterDraft Read(PageUrl url)
    {
        var draft = new RequestFilterDraft
        {
            MinCost = url["minCost"] ?? "", MaxCost = url["maxCost"] ?? "", MinLatencyMs = url["minLatencyMs"] ?? "", MaxLatencyMs = url["maxLatencyMs"] ?? "",
            HttpStatus = string.Join(", ", url.All("httpStatus")), Error = url["error"] ?? "", Session = url["session"] ?? "",
            Tags = string.Join(", ", url.Parameters.Where(static parameter => IsTag(parameter.Name)).Select(static parameter => $"{parameter.Name[RequestFilter.TagPrefix.Length..]}={parameter.Value}")),
            Fallback = url["fallback"] == "true", Unpriced = url["unpriced"] == "true", Conflict = url["conflict"] is not null,
        };
        foreach (var dimension in Typed) draft.Names[dimension] = url[dimension.Name()] ?? "";
        return draft;
    }

    /// <summary>The URL with what the fields say, or what is wrong with them.</summary>
    public (PageUrl Url, string? Wrong) Apply(PageUrl url)
    {
        var after = url.Without("cursor");
        foreach (var (name, value) in new[] { ("minCost", MinCost), ("maxCost", MaxCost), ("minLatencyMs", MinLatencyMs), ("maxLatencyMs", MaxLatencyMs), ("error", Error), ("session", Session) })
            after = With(after, name, url, value);
        foreach (var (dimension, value) in Names) after = With(after, dimension.Name(), url, value);
        after = after.With("httpStatus", Parts(HttpStatus)).With("fallback", Set(Fallback)).With("unpriced", Set(Unpriced)).With("conflict", Conflict ? ConflictsOf(url) : []);
        after = after.Without([.. url.Parameters.Select(static parameter => parameter.Name).Where(IsTag)]);
        foreach (var tag in Parts(Tags))
        {
            var equals = tag.IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0) return (url, $"Write a tag as key=value, not \"{tag}\".");
            var name = RequestFilter.TagPrefix + tag[..equals].TrimEnd();
            after = after.With(name, [.. after.All(name), tag[(equals + 1)..].TrimStart()]);
        }
        return (after, RequestFilter.Read(after.Parameters).Wrong);
    }

    /// <summary>A field shows one value; the others of a parameter that has several stay as long as it is not changed.</summary>
    private static PageUrl With(PageUrl after, string name, PageUrl before, string value)
    {
        value = value.Trim();
        if (value == (before[name] ?? "")) return after;
        return value.Length == 0 ? after.Without(name) : after.With(name, value);
    }

    private static string[] ConflictsOf(PageUrl url) => url["conflict"] is null ? [RequestFilter.AnyConflict] : [.. url.All("conflict")];

    private static string[] Set(bool on) => on ? ["true"] : [];

    private static string[] Parts(string text) => text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    private static bool IsTag(string name) => name.StartsWith(RequestFilter.TagPrefix, StringComparison.Ordinal);
}
