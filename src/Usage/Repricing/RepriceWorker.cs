using System.Text.Json.Nodes;
using AgentConsole.Access;
using AgentConsole.Platform;
using AgentConsole.Platform.Data;
using AgentConsole.Platform.Live;
using AgentConsole.Pricing;
using AgentConsole.Shell;
using AgentConsole.Usage.Rollups;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using NpgsqlTypes;

namespace AgentConsole.Usage.Repricing;

/// <summary>
/// Carries the oldest unfinished run on, on whichever node gets hold of its row. 1. Wait until every node prices by the run's book; 2. note the barrier: later transactions
/// have done so; 3. wait until everything before it is in the rollups; 4. batch after batch until the last tenant is done. Each step is a transaction, so a restart goes on where it was.
/// </summary>
internal sealed partial class RepriceWorker(
    Contexts contexts, PriceQueries prices, RollUpUsage rollUp, AuditLog audit, IChangeFeed changes, TimeProvider time, ILogger<RepriceWorker> logger) : LastingService(logger)
{
    /// <summary>Longer than a node needs to notice that prices changed, and than an event waits between its price and its commit.</summary>
    internal TimeSpan Settling { get; set; } = TimeSpan.FromSeconds(8);

    private const int MaxFailures = 10;
    private static readonly TimeSpan Idle = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Waiting = TimeSpan.FromMilliseconds(200);

    private const string Oldest = """
        SELECT * FROM reprice_runs WHERE (tenant_id, run_id) = (
          SELECT tenant_id, run_id FROM reprice_runs WHERE state IN (0, 1) ORDER BY started_at, run_id LIMIT 1)
        FOR UPDATE SKIP LOCKED
        """;

    private (Guid Run, PriceBook Book)? _book;

    private enum Step { Nothing, Wait, More }

    protected override async Task WorkAsync(CancellationToken stoppingToken)
    {
        using var wake = new SemaphoreSlim(0);
        using var signals = changes.Subscribe(Topics.Prices, Waiting, _ =>
        {
            if (wake.CurrentCount == 0) wake.Release();
            return Task.CompletedTask;
        });
        while (!stoppingToken.IsCancellationRequested)
        {
            var step = await StepGuardedAsync(stoppingToken);
            if (step == Step.Wait) await Task.Delay(Waiting, time, stoppingToken);
            else if (step == Step.Nothing) await wake.WaitAsync(Idle, stoppingToken);
        }
    }

    private async Task<Step> StepGuardedAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await StepAsync(cancellationToken);
        }
        catch (Exception error) when (error is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            LogFailed(Log, error);
            await CountFailureAsync(cancellationToken);
            return Step.Nothing;
        }
    }

    private async Task<Step> StepAsync(CancellationToken cancellationToken)
    {
        await using var db = await contexts.BeginAsync(Reach.Platform, cancellationToken);
        if ((await db.Set<RepriceRun>().FromSqlRaw(Oldest).ToListAsync(cancellationToken)) is not [var run] || run.State is not (RepriceState.Waiting or RepriceState.Running)) return Step.Nothing;
        var connection = (NpgsqlConnection)db.Database.GetDbConnection();
        var (step, tenant) = run.State == RepriceState.Waiting
            ? (await PrepareAsync(connection, run, cancellationToken), null)
            : (Step.More, await WriteBatchAsync(connection, run, cancellationToken));
        (run.UpdatedAt, run.Failures) = (time.GetUtcNow(), 0);
        await db.SaveChangesAsync(cancellationToken);
        await db.CommitAsync(cancellationToken);
        Signal(tenant);
        return step;
    }

    private async Task<Step> PrepareAsync(NpgsqlConnection connection, RepriceRun run, CancellationToken cancellationToken)
    {
        if (run.Barrier is not { } barrier)
        {
            if (!await prices.IsSettledAsync(Settling, cancellationToken)) return Step.Wait;
            run.Barrier = await NumberAsync(connection, "SELECT pg_current_xact_id()", cancellationToken);
            return Step.More;
        }
        if (await NumberAsync(connection, "SELECT xid FROM usage_rollup_watermark", cancellationToken) < barrier)
        {
            await rollUp.RollUpAsync(cancellationToken);
            return Step.Wait;
        }
        run.CursorTenant = run.TenantId.Length > 0 ? run.TenantId : await RepriceBatch.NextTenantAsync(connection, "", cancellationToken) ?? "";
        run.State = RepriceState.Running;
        LogStarted(Log, run.RunId, run.Expected);
        return Step.More;
    }

    private async Task<string?> WriteBatchAsync(NpgsqlConnection connection, RepriceRun run, CancellationToken cancellationToken)
    {
        if (_book is not { } known || known.Run != run.RunId)
            _book = known = (run.RunId, await prices.BookAtAsync(run.BookAt, cancellationToken));
        var tenant = await new RepriceBatch(connection, run, known.Book, time.GetUtcNow()).WriteAsync(cancellationToken);
        if (run.State != RepriceState.Done) return tenant;
        await audit.AppendAsync(connection, new(run.TenantId, Actor.System, "prices.repriced", run.RunId.ToString(), null, RepriceAudit.Result(run)), cancellationToken);
        LogDone(Log, run.RunId, run.Scanned, run.Changed);
        return tenant;
    }

    private void Signal(string? tenant)
    {
        changes.Signal(Topics.Prices);
        if (tenant is null) return;
        changes.Signal(Topics.Usage(tenant));
        changes.Signal(Topics.AllUsage);
    }

    /// <summary>Tried again later, ten times; then the run is given up and says so. The store may be what failed, so this may fail as well.</summary>
    private async Task CountFailureAsync(CancellationToken cancellationToken)
    {
        try
        {
            await using var db = await contexts.BeginAsync(Reach.Platform, cancellationToken);
            if ((await db.Set<RepriceRun>().FromSqlRaw(Oldest).ToListAsync(cancellationToken)) is not [var run]) return;
            if (++run.Failures >= MaxFailures) (run.State, run.FinishedAt) = (RepriceState.Failed, time.GetUtcNow());
            await db.SaveChangesAsync(cancellationToken);
            await db.CommitAsync(cancellationToken);
        }
        catch (Exception error) when (error is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            LogFailed(Log, error);
        }
    }

    private static async Task<decimal> NumberAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        return (ulong)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Re-pricing {Run} starts, about {Events} events")]
    private static partial void LogStarted(ILogger logger, Guid run, long events);

    [LoggerMessage(Level = LogLevel.Information, Message = "Re-pricing {Run} is done: {Scanned} events looked at, {Changed} changed")]
    private static partial void LogDone(ILogger logger, Guid run, long scanned, long changed);

    [LoggerMessage(Level = LogLevel.Error, Message = "A step of a re-pricing failed; what it did is undone, and it is tried again")]
    private static partial void LogFailed(ILogger logger, Exception error);
}

/// <summary>What the audit keeps of a run.</summary>
internal static class RepriceAudit
{
    public static JsonObject Scope(RepriceRun run) => new()
    {
        ["from"] = run.RangeFrom, ["to"] = run.RangeTo, ["provider"] = run.Provider, ["model"] = run.Model, ["expected"] = run.Expected,
    };

    public static JsonObject Result(RepriceRun run) => new()
    {
        ["scanned"] = run.Scanned, ["changed"] = run.Changed, ["oldCost"] = Api.JsonMoney.Of(run.OldCost), ["newCost"] = Api.JsonMoney.Of(run.NewCost),
    };
}
