namespace AgentConsole.Shell;

/// <summary>The letters that, after a <c>g</c>, open a page: only those of pages that the visitor's rail has work.</summary>
public static class Shortcuts
{
    private static readonly Dictionary<string, char> Letters = new(StringComparer.Ordinal)
    {
        [Links.Overview] = 'o',
        [Links.Usage] = 'u',
        [Links.Requests] = 'r',
        [Links.Tail] = 'f',
        [Links.Dashboards] = 'd',
        [Links.Conflicts] = 'c',
        [Links.Reconciliation] = 'i',
        [Links.Limits] = 'l',
        [Links.Budgets] = 'b',
        [Links.Alerts] = 'a',
        [Links.Keys] = 'k',
        [Links.Prices] = 'p',
        [Links.Tenants] = 't',
        [Links.Members] = 'm',
        [Links.Audit] = 'h',
        [Links.Jobs] = 'j',
    };

    public static IReadOnlyCollection<char> All => Letters.Values;

    /// <summary>Null for a page without one.</summary>
    public static char? Of(string href) => Letters.TryGetValue(href, out var letter) ? letter : null;
}
