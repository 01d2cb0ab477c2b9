namespace AgentConsole.Usage.Pages;

/// <summary>The order of the explorer's rows, by the <c>sort</c> of the URL: <c>name</c> or a measure's name; a leading minus descends. Anything else is the explored measure, most first.</summary>
public static class ExplorerOrder
{
    public static IReadOnlyList<GroupMeasures> Sort(IReadOnlyList<GroupMeasures> groups, string? sort)
    {
        if (sort is null) return groups;
        var (name, descending) = (sort.TrimStart('-'), sort.StartsWith('-'));
        if (name == "name") return [.. descending ? groups.OrderByDescending(Name, StringComparer.OrdinalIgnoreCase) : groups.OrderBy(Name, StringComparer.OrdinalIgnoreCase)];
        if (MeasureTerms.Parse(name) is not { } measure) return groups;
        // What is not known comes last in either direction.
        var known = groups.OrderBy(group => measure.Of(group.Measures) is null);
        return [.. (descending ? known.ThenByDescending(group => measure.Of(group.Measures)) : known.ThenBy(group => measure.Of(group.Measures))).ThenBy(Name, StringComparer.Ordinal)];
    }

    private static string Name(GroupMeasures group) => string.Join('\t', group.Group);
}
