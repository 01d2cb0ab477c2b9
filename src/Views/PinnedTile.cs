namespace AgentConsole.Views;

/// <summary>How much of a row a tile takes, where there is room.</summary>
public enum TileWidth { Quarter, Third, Half, Full }

/// <summary>A page's address under a title, as a part of a dashboard. Range, zone and, where it names one, tenant are the dashboard's.</summary>
/// <param name="Link">Path and query.</param>
public sealed record PinnedTile(string Title, string Link, TileWidth Width)
{
    public const int MaxTitle = 80;
}
