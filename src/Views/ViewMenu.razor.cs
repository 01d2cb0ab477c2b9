using AgentConsole.Access;
using AgentConsole.Shell;
using Microsoft.AspNetCore.Components;

namespace AgentConsole.Views;

/// <summary>The saved views of a page. Where the page is opened without anything said, its default view is opened in its place: one's own, else the tenant's.</summary>
public sealed partial class ViewMenu
{
    private (string Path, string? Tenant)? read;
    private IReadOnlyList<ViewRow>? views;
    private bool mayShare;
    private string name = "";
    private bool isShared;
    private bool isDefault;
    private string? problem;
    /// <summary>Those that the page can be pinned to; null where it cannot be a tile.</summary>
    private IReadOnlyList<DashboardRow>? dashboards;
    private string title = "";
    private Guid pinTo;
    private string? pinned;

    [CascadingParameter] public required Frame Frame { get; set; }
    [Inject] private ViewQueries Queries { get; set; } = null!;
    [Inject] private SaveView Save { get; set; } = null!;
    [Inject] private DeleteView Delete { get; set; } = null!;
    [Inject] private DashboardQueries Dashboards { get; set; } = null!;
    [Inject] private SaveDashboard Pin { get; set; } = null!;
    [Inject] private IEnumerable<AddressTile> Kinds { get; set; } = [];
    [Inject] private CurrentCaller Current { get; set; } = null!;
    [Inject] private NavigationManager Navigation { get; set; } = null!;

    protected override async Task OnParametersSetAsync()
    {
        var (page, isFirst) = ((Frame.Url.Path, Frame.Tenant), read is null);
        if (read == page) return;
        read = page;
        await ReadAsync();
        var isPlain = Frame.Url.Parameters.All(static parameter => parameter.Name == "tenant");
        if (isFirst && isPlain && views?.FirstOrDefault(static view => view.IsDefault) is { } chosen) Navigation.NavigateTo(chosen.Link, replace: true);
    }

    private async Task ReadAsync()
    {
        var caller = await Current.ReadAsync();
        mayShare = Frame.Tenant is { } tenant && caller.Can(Permission.ManageTenant, tenant);
        try
        {
            (views, problem) = (await Queries.ListAsync(caller, Frame.Tenant, Frame.Url.Path, CancellationToken.None), null);
            if (Kinds.Any(kind => kind.Path == Frame.Url.Path) && ViewHome.May(Frame.Tenant, false, caller))
                dashboards = [.. (await Dashboards.ListAsync(caller, Frame.Tenant, CancellationToken.None)).Where(dashboard => ViewHome.May(dashboard.Tenant, dashboard.IsShared, caller))];
            if (dashboards is { Count: > 0 } && pinTo == Guid.Empty) pinTo = dashboards[0].Id;
        }
        catch (Exception)
        {
            problem = "The views could not be read. Try again later.";
        }
    }

    private async Task SaveAsync()
    {
        var saved = await Save.ExecuteAsync(Frame.Tenant, new(name, Frame.Url.ToString(), isShared && mayShare, isDefault), await Current.ReadAsync(), CancellationToken.None);
        problem = saved.Error?.Message;
        if (!saved.Ok) return;
        (name, isShared, isDefault) = ("", false, false);
        await ReadAsync();
    }

    private async Task DeleteAsync(ViewRow view)
    {
        var deleted = await Delete.ExecuteAsync(view, await Current.ReadAsync(), CancellationToken.None);
        if (deleted.Ok) await ReadAsync();
        else problem = deleted.Error.Message;
    }

    /// <summary>As a tile after the others; on a new dashboard when none is chosen.</summary>
    private async Task PinAsync()
    {
        var (caller, tile) = (await Current.ReadAsync(), new PinnedTile(title, Frame.Url.ToString(), TileWidth.Half));
        var kept = pinTo == Guid.Empty ? null : await Dashboards.FindAsync(caller, pinTo, CancellationToken.None);
        var saved = kept is null
            ? await Pin.CreateAsync(Frame.Tenant, new(title, false, [tile]), caller, CancellationToken.None)
            : await Pin.ChangeAsync(kept, new(kept.Name, kept.IsShared, [.. kept.Tiles, tile]), caller, CancellationToken.None);
        (problem, pinned) = (saved.Error?.Message, saved.Ok ? Links.Dashboard(saved.Value.ToString()) : null);
        if (!saved.Ok) return;
        (title, pinTo) = ("", saved.Value);
        await ReadAsync();
    }
}
