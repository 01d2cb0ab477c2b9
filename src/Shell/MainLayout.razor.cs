using System.Reflection;
using AgentConsole.Platform.Data;
using AgentConsole.Platform.Live;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Routing;

namespace AgentConsole.Shell;

/// <summary>The frame around every page: follows the URL, knows what the visitor may see of the page, shows the page no further than that, and tells what is wrong.</summary>
public sealed partial class MainLayout : IDisposable
{
    private static readonly TimeSpan TenantsThrottle = TimeSpan.FromSeconds(30);

    private readonly CancellationTokenSource gone = new();
    private IReadOnlyList<TenantChoice> tenants = [];
    private Reach reach = Reach.None;
    private Reach? listed;
    private Frame? frame;
    private Type? page;
    private PageBoundary? boundary;
    private IDisposable? signals;
    private IDisposable? renamed;
    private IDisposable? rights;

    [CascadingParameter] private Microsoft.AspNetCore.Components.RouteData Route { get; set; } = null!;
    [Inject] private NavigationManager Navigation { get; set; } = null!;
    [Inject] private IVisitor Visitor { get; set; } = null!;
    [Inject] private ITenantChoices Choices { get; set; } = null!;
    [Inject] private IEnumerable<FrameBanner> Banners { get; set; } = [];
    [Inject] private AlertWatch Alerts { get; set; } = null!;
    [Inject] private IChangeFeed Feed { get; set; } = null!;
    [Inject] private ILogger<MainLayout> Log { get; set; } = null!;

    protected override void OnInitialized()
    {
        Navigation.LocationChanged += OnLocationChanged;
        renamed = Feed.Subscribe(Topics.Access, TimeSpan.FromSeconds(1), _ => InvokeAsync(ReadTenantsAsync));
        rights = Visitor.Follow(() => _ = InvokeAsync(OnRightsChangedAsync));
        Alerts.Start(InvokeAsync, StateHasChanged);
    }

    /// <summary>The page is another or the same with another URL: until it is known what may be seen of it, it is not there.</summary>
    protected override async Task OnParametersSetAsync()
    {
        if (page != Route.PageType)
            frame = null;
        page = Route.PageType;
        await LookAsync();
        if (listed != reach)
            await ReadTenantsAsync();
    }

    protected override void OnAfterRender(bool firstRender) => FormerFrames.Release(this);

    private async Task LookAsync()
    {
        reach = await Visitor.ReachAsync(page?.GetCustomAttributes(inherit: true).OfType<IAuthorizeData>().FirstOrDefault()?.Policy);
        frame = Frame.Read(Current(), tenants, reach);
    }

    private async Task OnRightsChangedAsync()
    {
        await LookAsync();
        await ReadTenantsAsync();
        await Alerts.ReadAsync();
        StateHasChanged();
    }

    /// <summary>Without the list the console still works: in UTC and without the switcher's names. Usage may name new tenants, which only the platform sees.</summary>
    private async Task ReadTenantsAsync()
    {
        listed = reach;
        signals ??= reach.IsPlatform ? Feed.Subscribe(Topics.AllUsage, TenantsThrottle, _ => InvokeAsync(ReadTenantsAsync)) : null;
        try
        {
            var read = reach.IsNone ? [] : await Choices.ListAsync(reach, gone.Token);
            if (read.SequenceEqual(tenants))
                return;
            tenants = read;
            frame = Frame.Read(Current(), tenants, reach);
            StateHasChanged();
        }
        catch (OperationCanceledException) when (gone.IsCancellationRequested)
        {
        }
        catch (Exception exception)
        {
            LogTenantsFailed(Log, exception);
        }
    }

    private void OnLocationChanged(object? sender, LocationChangedEventArgs change)
    {
        if (frame is not null)
            frame = Frame.Read(Current(), tenants, reach);
        boundary?.Recover();
        _ = InvokeAsync(StateHasChanged);
    }

    private void Recover() => boundary?.Recover();

    private PageUrl Current() => PageUrl.Parse(Navigation.ToBaseRelativePath(Navigation.Uri));

    public void Dispose()
    {
        Navigation.LocationChanged -= OnLocationChanged;
        rights?.Dispose();
        renamed?.Dispose();
        signals?.Dispose();
        gone.Cancel();
        gone.Dispose();
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "The tenants could not be listed")]
    private static partial void LogTenantsFailed(ILogger logger, Exception exception);
}
