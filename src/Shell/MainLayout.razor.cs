using AgentConsole.Platform.Live;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Routing;

namespace AgentConsole.Shell;

/// <summary>The frame around every page: follows the URL and knows the tenants.</summary>
public sealed partial class MainLayout : IDisposable
{
    private static readonly TimeSpan TenantsThrottle = TimeSpan.FromSeconds(30);

    private readonly CancellationTokenSource gone = new();
    private IReadOnlyList<TenantChoice> tenants = [];
    private Frame frame = null!;
    private PageBoundary? boundary;
    private IDisposable? signals;

    [Inject] private NavigationManager Navigation { get; set; } = null!;
    [Inject] private ITenantChoices Choices { get; set; } = null!;
    [Inject] private IChangeFeed Feed { get; set; } = null!;
    [Inject] private ILogger<MainLayout> Log { get; set; } = null!;

    protected override async Task OnInitializedAsync()
    {
        frame = Frame.Read(Current(), tenants);
        Navigation.LocationChanged += OnLocationChanged;
        signals = Feed.Subscribe(Topics.AllUsage, TenantsThrottle, _ => InvokeAsync(ReadTenantsAsync));
        await ReadTenantsAsync();
    }

    /// <summary>Without the list the console still works: in UTC and without the switcher's names.</summary>
    private async Task ReadTenantsAsync()
    {
        try
        {
            var read = await Choices.ListAsync(gone.Token);
            if (read.SequenceEqual(tenants))
                return;
            tenants = read;
            frame = Frame.Read(frame.Url, tenants);
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
        frame = Frame.Read(Current(), tenants);
        boundary?.Recover();
        _ = InvokeAsync(StateHasChanged);
    }

    private void Recover() => boundary?.Recover();

    private PageUrl Current() => PageUrl.Parse(Navigation.ToBaseRelativePath(Navigation.Uri));

    public void Dispose()
    {
        Navigation.LocationChanged -= OnLocationChanged;
        signals?.Dispose();
        gone.Cancel();
        gone.Dispose();
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "The tenants could not be listed")]
    private static partial void LogTenantsFailed(ILogger logger, Exception exception);
}
