namespace AgentConsole.Shell;

/// <summary>Shows what the addresses of a page are about in little, as a tile of a dashboard. The feature that has the page registers it.</summary>
/// <param name="Path">The page.</param>
/// <param name="Component">Takes a title; the URL of its frame is the tile's address, with the dashboard's range, zone and tenant.</param>
public sealed record AddressTile(string Path, Type Component)
{
    /// <summary>The one parameter of the component.</summary>
    public const string Title = "Title";
}
