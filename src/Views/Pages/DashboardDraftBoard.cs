namespace AgentConsole.Views.Pages;

/// <summary>A dashboard under a person's hands: what it is to be, until it is saved.</summary>
public sealed class DashboardDraftBoard(DashboardRow before)
{
    private readonly List<DraftTile> tiles = [.. before.Tiles.Select(static tile => new DraftTile(tile))];

    /// <summary>As it was read.</summary>
    public DashboardRow Before => before;

    public string Name { get; set; } = before.Name;

    public IReadOnlyList<DraftTile> Tiles => tiles;

    public bool IsFull => tiles.Count >= SaveDashboard.MaxTiles;

    /// <summary>One place on, or back; at either end it stays.</summary>
    public void Move(DraftTile tile, int step)
    {
        var (at, to) = (tiles.IndexOf(tile), tiles.IndexOf(tile) + step);
        if (at < 0 || to < 0 || to >= tiles.Count) return;
        (tiles[at], tiles[to]) = (tiles[to], tiles[at]);
    }

    public void Remove(DraftTile tile) => tiles.Remove(tile);

    public void Add(string title, string link)
    {
        if (!IsFull) tiles.Add(new(new(title, link, TileWidth.Half)));
    }

    public DashboardDraft ToDraft() => new(Name, before.IsShared, [.. tiles.Select(static tile => tile.ToTile())]);
}

/// <summary>A tile of it; the same one wherever it is moved to.</summary>
public sealed class DraftTile(PinnedTile tile)
{
    public Guid Key { get; } = Guid.NewGuid();

    public string Title { get; set; } = tile.Title;

    public TileWidth Width { get; set; } = tile.Width;

    public string Link => tile.Link;

    public PinnedTile ToTile() => tile with { Title = Title, Width = Width };
}
