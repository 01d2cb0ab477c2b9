using AgentConsole.Shell;

namespace AgentConsole.Views;

/// <param name="Tenant">Null when it is kept in no tenant.</param>
/// <param name="Version">Zero for the one that is not kept.</param>
public sealed record DashboardRow(Guid Id, string? Tenant, string Name, bool IsShared, IReadOnlyList<PinnedTile> Tiles, int Version, DateTimeOffset SavedAt)
{
    public string Address => Links.Dashboard(Id == Guid.Empty ? StandardDashboard.Id : Id.ToString());

    public bool IsStandard => Id == Guid.Empty;
}

/// <summary>The dashboard that there always is: to look at, and to copy.</summary>
public static class StandardDashboard
{
    /// <summary>In the place of an id in its address.</summary>
    public const string Id = "standard";

    public static readonly DashboardRow Row = new(Guid.Empty, null, "Standard", true,
    [
        new("Cost", "/usage?measure=cost&look=number", TileWidth.Quarter),
        new("Requests", "/usage?measure=requests&look=number", TileWidth.Quarter),
        new("Failure rate", "/usage?measure=failureRate&look=number", TileWidth.Quarter),
        new("Cache hit rate", "/usage?measure=cacheHitRate&look=number", TileWidth.Quarter),
        new("Cost by model", "/usage?measure=cost&groupBy=model", TileWidth.Half),
        new("Requests by status", "/usage?measure=requests&groupBy=status", TileWidth.Half),
        new("p95 latency by model", "/usage?measure=latencyP95&groupBy=model", TileWidth.Half),
        new("Requests by hour and weekday", "/usage?measure=requests&chart=heatMap", TileWidth.Half),
        new("Dearest users", "/usage?measure=cost&groupBy=user&chart=table", TileWidth.Half),
        new("Dearest keys", "/usage?measure=cost&groupBy=key&chart=table", TileWidth.Half),
    ], 0, default);
}
