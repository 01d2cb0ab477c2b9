using AgentConsole.Access;
using AgentConsole.Shell;
using Microsoft.AspNetCore.Components;
using Npgsql;

namespace AgentConsole.Views.Pages;

/// <summary>What the list of dashboards shows.</summary>
/// <param name="MayKeep">Whether the reader may have dashboards.</param>
/// <param name="MayShare">Whether one may be made for everyone in the tenant that is looked at.</param>
public sealed record DashboardList(IReadOnlyList<DashboardRow> Items, bool MayKeep, bool MayShare);

/// <summary>One's own dashboards, the tenant's, and the one that there always is.</summary>
public sealed partial class DashboardsPage
{
    private string name = "";
    private bool isShared;
    private bool fromStandard;
    private string? problem;

    [Inject] private DashboardQueries Queries { get; set; } = null!;
    [Inject] private SaveDashboard Save { get; set; } = null!;
    [Inject] private CurrentCaller Current { get; set; } = null!;
    [Inject] private ILogger<DashboardsPage> Log { get; set; } = null!;

    protected override IReadOnlyList<string> ListensTo => [Topics.Dashboards];

    protected override bool Owns(PageUrl url) => url.Path == Links.Dashboards;

    protected override async Task<DashboardList> PullAsync(CancellationToken cancellationToken)
    {
        var (tenant, caller) = (Frame.Tenant, await Current.ReadAsync());
        var items = await Queries.ListAsync(caller, tenant, cancellationToken);
        return new(items, ViewHome.May(tenant, false, caller), ViewHome.May(tenant, true, caller));
    }

    private async Task CreateAsync()
    {
        try
        {
            var draft = new DashboardDraft(name, isShared && Data is { MayShare: true }, fromStandard ? StandardDashboard.Row.Tiles : []);
            var made = await Save.CreateAsync(Frame.Tenant, draft, await Current.ReadAsync(), CancellationToken.None);
            problem = made.Error?.Message;
            if (made.Ok) Navigation.NavigateTo(Url.To(Links.Dashboard(made.Value.ToString())).With(DashboardPage.EditParameter, "true").ToString());
        }
        catch (NpgsqlException error)
        {
            LogFailed(Log, error);
            problem = "The store did not confirm it. Try again.";
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "A dashboard could not be made")]
    private static partial void LogFailed(ILogger logger, Exception error);
}
