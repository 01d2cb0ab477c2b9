using AgentConsole.Access;
using AgentConsole.Shell;
using Microsoft.AspNetCore.Components;
using Npgsql;

namespace AgentConsole.Views.Pages;

/// <summary>What the page of a dashboard shows.</summary>
/// <param name="Row">Null when there is none.</param>
/// <param name="Views">Saved views that can be tiles.</param>
/// <param name="MayChange">Whether the reader may change it.</param>
/// <param name="MayKeep">Whether the reader may have dashboards.</param>
public sealed record DashboardView(DashboardRow? Row, IReadOnlyList<ViewRow> Views, bool MayChange, bool MayKeep);

/// <summary>A dashboard: its tiles follow by themselves; range, zone and tenant are the page's and so the same for all of them.</summary>
public sealed partial class DashboardPage
{
    public const string EditParameter = "edit";

    private DashboardDraftBoard? draft;
    private string adding = "";
    private string said = "";
    private string? problem;
    private bool saving;
    private bool removing;

    [Parameter] public string Id { get; set; } = "";
    [Inject] private DashboardQueries Queries { get; set; } = null!;
    [Inject] private ViewQueries Saved { get; set; } = null!;
    [Inject] private SaveDashboard Save { get; set; } = null!;
    [Inject] private DeleteDashboard Delete { get; set; } = null!;
    [Inject] private CurrentCaller Current { get; set; } = null!;
    [Inject] private IEnumerable<AddressTile> Kinds { get; set; } = [];
    [Inject] private ILogger<DashboardPage> Log { get; set; } = null!;

    private bool IsEditing => Url[EditParameter] == "true" && Data is { MayChange: true };

    protected override IReadOnlyList<string> ListensTo => [Topics.Dashboards];

    protected override bool Owns(PageUrl url) => Links.Owns(url, Links.Dashboard(Id));

    protected override async Task<DashboardView> PullAsync(CancellationToken cancellationToken)
    {
        var (caller, id, tenant) = (await Current.ReadAsync(), Id, Frame.Tenant);
        var row = id == StandardDashboard.Id ? StandardDashboard.Row : Guid.TryParse(id, out var known) ? await Queries.FindAsync(caller, known, cancellationToken) : null;
        var mayChange = row is { IsStandard: false } && ViewHome.May(row.Tenant, row.IsShared, caller);
        var views = new List<ViewRow>();
        if (mayChange && Url[EditParameter] == "true")
            foreach (var kind in Kinds)
                views.AddRange(await Saved.ListAsync(caller, tenant, kind.Path, cancellationToken));
        // What somebody else does to it meanwhile does not take it out of one's hands: saving tells.
        if (!mayChange || Url[EditParameter] != "true") (draft, problem, removing) = (null, null, false);
        else if (draft is null || draft.Before.Id != row!.Id) draft = new(row!);
        return new(row, views, mayChange, ViewHome.May(tenant, false, caller));
    }

    private void Add()
    {
        var title = Data!.Views.FirstOrDefault(view => view.Link == adding)?.Name ?? StandardDashboard.Row.Tiles.FirstOrDefault(tile => tile.Link == adding)?.Title ?? "Tile";
        draft!.Add(title, adding);
        (adding, said) = ("", $"{title} was added, at the end.");
    }

    private void Move(DraftTile tile, int step)
    {
        draft!.Move(tile, step);
        said = $"{tile.Title} is now number {draft.Tiles.ToList().IndexOf(tile) + 1} of {draft.Tiles.Count}.";
    }

    private void Remove(DraftTile tile)
    {
        draft!.Remove(tile);
        said = $"{tile.Title} was removed.";
    }

    private Task SaveAsync() => GuardedAsync(async () =>
    {
        var saved = await Save.ChangeAsync(draft!.Before, draft.ToDraft(), await Current.ReadAsync(), CancellationToken.None);
        problem = saved.Error?.Message;
        if (!saved.Ok) return;
        draft = null;
        Navigation.NavigateTo(Url.Without(EditParameter).ToString());
    });

    private Task CopyAsync() => GuardedAsync(async () =>
    {
        var row = Data!.Row!;
        var name = $"{row.Name} (copy)";
        var made = await Save.CreateAsync(Frame.Tenant, new(name.Length > SaveDashboard.MaxName ? row.Name : name, false, row.Tiles), await Current.ReadAsync(), CancellationToken.None);
        problem = made.Error?.Message;
        if (made.Ok) Navigation.NavigateTo(Url.To(Links.Dashboard(made.Value.ToString())).With(EditParameter, "true").ToString());
    });

    private Task DeleteAsync() => GuardedAsync(async () =>
    {
        var deleted = await Delete.ExecuteAsync(Data!.Row!, await Current.ReadAsync(), CancellationToken.None);
        problem = deleted.Error?.Message;
        if (deleted.Ok) Navigation.NavigateTo(Url.To(Links.Dashboards).ToString());
    });

    private async Task GuardedAsync(Func<Task> deed)
    {
        if (saving) return;
        (saving, problem) = (true, null);
        try
        {
            await deed();
        }
        catch (NpgsqlException error)
        {
            LogFailed(Log, error, Id);
            problem = "The store did not confirm it. Try again.";
        }
        finally
        {
            saving = false;
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Dashboard {Id} could not be changed")]
    private static partial void LogFailed(ILogger logger, Exception error, string id);
}
