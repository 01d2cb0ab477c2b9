namespace AgentConsole.Views.Pages;

/// <summary>What the pages of dashboards call things.</summary>
public static class DashboardWords
{
    public static string Whose(DashboardRow dashboard) => dashboard.IsStandard ? "there for everyone" : dashboard.IsShared ? $"everyone in {dashboard.Tenant}" : "mine";

    public static string Label(this TileWidth width) => width switch
    {
        TileWidth.Quarter => "quarter",
        TileWidth.Third => "third",
        TileWidth.Half => "half",
        TileWidth.Full => "full",
        _ => throw new ArgumentOutOfRangeException(nameof(width)),
    };

    /// <summary>The class of a tile of this width.</summary>
    public static string Class(this TileWidth width) => width.ToString().ToLowerInvariant();
}
