namespace AgentConsole.Shell.Search;

/// <param name="Text">What was asked for; empty: nothing, and the pages and deeds there are were listed.</param>
/// <param name="Missing">Kinds that could not be searched.</param>
public sealed record SearchAnswer(string Text, IReadOnlyList<SearchGroup> Groups, IReadOnlyList<SearchMiss> Missing)
{
    public static readonly SearchAnswer None = new("", [], []);

    public int Hits => Groups.Sum(static group => group.Hits.Count);
}

/// <param name="Note">What was compared; null where it goes without saying.</param>
public sealed record SearchGroup(string Label, string? Note, IReadOnlyList<SearchOption> Hits)
{
    /// <summary>In the document.</summary>
    public string Id => $"search-{Label.Replace(' ', '-').ToLowerInvariant()}";
}

/// <param name="Presses">The <c>data-action</c> of a button; null when <paramref name="Href"/> is opened.</param>
public sealed record SearchOption(string Icon, string Title, string? Href, string? Presses, string? Tenant, string? Detail);

/// <param name="IsLate">It took too long; else it failed.</param>
public sealed record SearchMiss(string Label, bool IsLate);
