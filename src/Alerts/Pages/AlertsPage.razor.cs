using AgentConsole.Access;
using AgentConsole.Shell;
using Microsoft.AspNetCore.Components;
using Npgsql;

namespace AgentConsole.Alerts.Pages;

/// <summary>What the alerts page shows.</summary>
/// <param name="Past">Closed in the range; null unless their tab is open.</param>
/// <param name="MayAcknowledge">Whether the reader may take that alert on.</param>
public sealed record AlertList(AlertPage Open, AlertPage? Past, Func<AlertRow, bool> MayAcknowledge);

/// <summary>What is wrong now, and what was.</summary>
public sealed partial class AlertsPage
{
    private const string PastTab = "past";
    private const int Most = 200;

    private Guid? _acknowledging;
    private string? _problem;

    [Inject] private AlertQueries Queries { get; set; } = null!;
    [Inject] private CurrentCaller Caller { get; set; } = null!;
    [Inject] private AcknowledgeAlert Acknowledge { get; set; } = null!;
    [Inject] private ILogger<AlertsPage> Log { get; set; } = null!;

    [Inject] private IEnumerable<AlertTab> Further { get; set; } = null!;

    private bool InPast => Url["tab"] == PastTab;

    private bool InOpen => !InPast && Tab is null;

    private IEnumerable<AlertTab> Tabs => Further.OrderBy(static tab => tab.Order);

    /// <summary>The further tab that is open; null when it is one of the page's own.</summary>
    private AlertTab? Tab => Further.FirstOrDefault(tab => tab.Name == Url["tab"]);

    private string To(string? tab)
    {
        var url = Url.To(Links.Alerts);
        return (tab is null ? url : url.With("tab", tab)).ToString();
    }

    protected override IReadOnlyList<string> ListensTo => Topics.AlertsOf(Frame.Reach);

    protected override bool Owns(PageUrl url) => url.Path == Links.Alerts;

    protected override async Task<AlertList> PullAsync(CancellationToken cancellationToken)
    {
        var (range, reach, inPast) = (Frame.Range(Clock.GetUtcNow()), Frame.Reach, InPast);
        var open = await Queries.ListOpenAsync(reach, Most, cancellationToken);
        var past = inPast ? await Queries.ListPastAsync(reach, range.From, range.To, Most, cancellationToken) : null;
        var caller = await Caller.ReadAsync();
        return new(open, past, alert => AcknowledgeAlert.May(caller, alert.Tenant, alert.IsTenants));
    }

    private async Task AcknowledgeAsync(AlertRow alert)
    {
        if (_acknowledging is not null) return;
        (_acknowledging, _problem) = (alert.Id, null);
        try
        {
            _problem = (await Acknowledge.ExecuteAsync(alert.Tenant, alert.Id, await Caller.ReadAsync(), CancellationToken.None)).Error?.Message;
            await ReloadAsync();
        }
        catch (NpgsqlException error)
        {
            LogFailed(Log, error, alert.Id);
            _problem = "The store did not confirm it. Try again.";
        }
        finally
        {
            _acknowledging = null;
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Alert {Id} could not be acknowledged")]
    private static partial void LogFailed(ILogger logger, Exception error, Guid id);
}
