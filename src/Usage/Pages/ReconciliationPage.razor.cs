using AgentConsole.Access;
using AgentConsole.Shell;
using Microsoft.AspNetCore.Components;
using Npgsql;

namespace AgentConsole.Usage.Pages;

/// <param name="Days">Those that differ first.</param>
/// <param name="MayCompare">Whether the visitor may have them compared anew.</param>
public sealed record Reconciled(IReadOnlyList<ReconciledDayRow> Days, bool MayCompare)
{
    public int Different => Days.Count(static day => day.Differences.Count > 0);

    public DateTimeOffset CheckedAt => Days.Max(static day => day.CheckedAt);
}

/// <summary>Whether the ledger and the rollups agree, and whether a provider's invoice agrees with the ledger.</summary>
public sealed partial class ReconciliationPage
{
    private const string InvoiceTab = "invoice";
    private const int MostDays = 500;
    private const int CompareDays = 7;

    private bool _comparing;
    private string? _problem;

    [Inject] private CurrentCaller Caller { get; set; } = null!;
    [Inject] private ReconciliationQueries Queries { get; set; } = null!;
    [Inject] private ReconcileUsage Reconcile { get; set; } = null!;
    [Inject] private ILogger<ReconciliationPage> Logger { get; set; } = null!;

    private bool InInvoice => Url["tab"] == InvoiceTab;

    protected override IReadOnlyList<string> ListensTo => [ReconcileUsage.Topic];

    protected override bool Owns(PageUrl url) => url.Path == Links.Reconciliation;

    protected override async Task<Reconciled> PullAsync(CancellationToken cancellationToken) =>
        new(await Queries.ListAsync(Frame.Reach, MostDays, cancellationToken), (await Caller.ReadAsync()).CanOnPlatform(Permission.ManagePrices));

    private string Latest => (Data!.Days.Count < MostDays ? "" : "the latest ") + Format.Count(Data.Days.Count);

    private async Task CompareAsync()
    {
        if (_comparing) return;
        (_comparing, _problem) = (true, null);
        try
        {
            _problem = (await Reconcile.ExecuteAsync(CompareDays, await Caller.ReadAsync(), CancellationToken.None)).Error?.Message;
            await ReloadAsync();
        }
        catch (NpgsqlException error)
        {
            LogFailed(Logger, error);
            _problem = "The comparison did not come to its end. Try again; what is shown is of an earlier one.";
        }
        finally
        {
            _comparing = false;
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Ledger and rollups could not be compared")]
    private static partial void LogFailed(ILogger logger, Exception error);
}
