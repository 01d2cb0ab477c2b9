using AgentConsole.Shell;

namespace AgentConsole.Access.Pages;

/// <summary>What the audit page shows.</summary>
public sealed record AuditView(TimeRange Range, AuditFilter Filter, AuditEntries Page)
{
    public const int PageSize = 100;

    /// <summary>The parameters that narrow the list, with the names the API has for them.</summary>
    public static readonly string[] Filters = ["actor", "action", "search"];

    public static AuditFilter ReadFilter(PageUrl url, TimeRange range) => new(range.From, range.End, Text(url, "actor"), Text(url, "action"), Text(url, "search"));

    /// <summary>What names an entry in the URL.</summary>
    public static string Id(AuditRow row) => $"{row.Tenant}/{row.Sequence}";

    /// <summary>The platform's own log has no tenant.</summary>
    public static string Log(string tenant) => tenant.Length == 0 ? "platform" : tenant;

    private static string? Text(PageUrl url, string name) => url.Text(name) is { } text && !text.Contains('\0', StringComparison.Ordinal) ? text : null;
}
