using System.Runtime.InteropServices;
using AgentConsole.Access;
using AgentConsole.Platform;
using AgentConsole.Platform.Data;
using AgentConsole.Platform.Live;
using AgentConsole.Pricing;
using AgentConsole.Shell;
using AgentConsole.Usage.Repricing;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using NpgsqlTypes;

namespace AgentConsole.Usage;

/// <summary>Which events are to be priced again: of [From, To), of one tenant, provider and model or of all there are within reach.</summary>
public sealed record RepriceScope(DateTimeOffset From, DateTimeOffset To, string? Tenant = null, string? Provider = null, string? Model = null);

/// <summary>What a group of events cost and would cost. Costs are of the priced events; the others are counted.</summary>
public sealed record RepriceDifference(
    string Tenant, string Provider, string Model, long Requests, long Changed, decimal OldCost, decimal NewCost, long UnpricedBefore, long UnpricedAfter)
{
    public decimal Difference => NewCost - OldCost;
}

public sealed record RepricePreview(IReadOnlyList<RepriceDifference> Rows)
{
    public long Requests => Rows.Sum(static row => row.Requests);
    public long Changed => Rows.Sum(static row => row.Changed);
    public decimal OldCost => Rows.Sum(static row => row.OldCost);
    public decimal NewCost => Rows.Sum(static row => row.NewCost);
    public long UnpricedBefore => Rows.Sum(static row => row.UnpricedBefore);
    public long UnpricedAfter => Rows.Sum(static row => row.UnpricedAfter);
}

/// <summary>Stored by number.</summary>
public enum RepriceState : short
{
    /// <summary>Until every node prices by the new prices.</summary>
    Waiting = 0,
    Running = 1,
    Done = 2,
    Failed = 3,
}

/// <summary>A re-pricing that was applied, and how far it is.</summary>
public sealed record RepriceProgress(
    Guid Id, RepriceScope Scope, RepriceState State, long Expected, long Scanned, long Changed, decimal OldCost, decimal NewCost,
    string StartedBy, DateTimeOffset StartedAt, DateTimeOffset UpdatedAt, DateTimeOffset? FinishedAt)
{
    public bool IsUnderWay => State is RepriceState.Waiting or RepriceState.Running;

    /// <summary>0 to 1.</summary>
    public double Share => State == RepriceState.Done ? 1 : Expected == 0 ? 0 : Math.Min(0.99, (double)Scanned / Expected);
}

/// <summary>Prices events again by the prices of today: what that would change, and the change itself, which runs in the background.</summary>
public sealed class RepriceUsage(Database database, Contexts contexts, CurrentPrices prices, AuditLog audit, IChangeFeed changes, TimeProvider time)
{
    /// <summary>Reading every event of a long range takes a while; beyond this the caller takes a shorter one.</summary>
    private const int PreviewSeconds = 300;

    private static readonly string PreviewSql = $"""
        SELECT {RepricedEvent.Columns} FROM usage_events AS r
        WHERE r.tenant_id = ANY($1) AND r.occurred_at >= $2 AND r.occurred_at < $3
          AND ($4::text IS NULL OR r.provider = $4) AND ($5::text IS NULL OR r.model = $5)
        """;

    /// <summary>Looks at every event of the scope; writes nothing. Dearest change first.</summary>
    public async Task<RepricePreview> PreviewAsync(Reach reach, RepriceScope scope, CancellationToken cancellationToken)
    {
        var book = prices.Book;
        var sums = new Dictionary<(string Tenant, string Provider, string Model), RepriceSums>();
        var within = scope.Tenant is null ? reach : reach.Within(scope.Tenant);
        await using var session = await database.BeginAsync(within, cancellationToken);
        var tenants = await UsageSql.TenantsAsync(session, within, UsageFilter.None, cancellationToken);
        await using var command = new NpgsqlCommand(PreviewSql, session.Connection) { CommandTimeout = PreviewSeconds };
        command.Parameters.Add(new() { Value = tenants, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text });
        command.Parameters.Add(new() { Value = scope.From.UtcDateTime, NpgsqlDbType = NpgsqlDbType.TimestampTz });
        command.Parameters.Add(new() { Value = scope.To.UtcDateTime, NpgsqlDbType = NpgsqlDbType.TimestampTz });
        command.Parameters.Add(new() { Value = scope.Provider ?? (object)DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text });
        command.Parameters.Add(new() { Value = scope.Model ?? (object)DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            var usage = RepricedEvent.Read(reader, book);
            (CollectionsMarshal.GetValueRefOrAddDefault(sums, (usage.Usage.Tenant, usage.Usage.Provider, usage.Usage.Model), out _) ??= new()).Add(usage);
        }
        return new([.. sums.Select(static pair => Row(pair.Key, pair.Value)).OrderByDescending(static row => Math.Abs(row.Difference)).ThenByDescending(static row => row.Requests).ThenBy(static row => row.Tenant, StringComparer.Ordinal).ThenBy(static row => row.Model, StringComparer.Ordinal)]);
    }

    /// <summary>Starts the change, audited; the answer comes before it is done. Fails with <see cref="NotAllowed"/>.</summary>
    /// <param name="expected">Requests of the preview, to show progress against.</param>
    public async Task<Result<RepriceProgress>> StartAsync(RepriceScope scope, long expected, Caller caller, CancellationToken cancellationToken)
    {
        if (!caller.CanOnPlatform(Permission.ManagePrices)) return caller.Refuse("prices.reprice");
        await using var db = await contexts.BeginAsync(Reach.Platform, cancellationToken);
        var now = time.GetUtcNow();
        var run = new RepriceRun
        {
            TenantId = scope.Tenant ?? "",
            RunId = Guid.CreateVersion7(now),
            RangeFrom = scope.From.ToUniversalTime(),
            RangeTo = scope.To.ToUniversalTime(),
            Provider = scope.Provider,
            Model = scope.Model,
            BookAt = await LatestPricesAsync((NpgsqlConnection)db.Database.GetDbConnection(), now, cancellationToken),
            Expected = expected,
            StartedBy = caller.Name,
            StartedAt = now,
            UpdatedAt = now,
        };
        db.Add(run);
        await db.SaveChangesAsync(cancellationToken);
        await audit.AppendAsync((NpgsqlConnection)db.Database.GetDbConnection(), new(run.TenantId, caller.Actor, "prices.reprice", run.RunId.ToString(), null, RepriceAudit.Scope(run)), cancellationToken);
        await db.CommitAsync(cancellationToken);
        changes.Signal(Topics.Prices);
        return Progress(run);
    }

    /// <summary>Newest first; those of one tenant are within its reach, those of all within the platform's alone.</summary>
    public async Task<IReadOnlyList<RepriceProgress>> ListAsync(Reach reach, int limit, CancellationToken cancellationToken)
    {
        await using var db = await contexts.BeginAsync(reach, cancellationToken);
        var runs = await db.Set<RepriceRun>().AsNoTracking()
            .OrderByDescending(run => run.StartedAt).ThenByDescending(run => run.RunId).Take(limit).ToListAsync(cancellationToken);
        return [.. runs.Select(Progress)];
    }

    public async Task<RepriceProgress?> FindAsync(Reach reach, Guid id, CancellationToken cancellationToken)
    {
        await using var db = await contexts.BeginAsync(reach, cancellationToken);
        var run = await db.Set<RepriceRun>().AsNoTracking().FirstOrDefaultAsync(run => run.RunId == id, cancellationToken);
        return run is null ? null : Progress(run);
    }

    /// <summary>Not before the last change of prices, whatever clock dated it.</summary>
    private static async Task<DateTimeOffset> LatestPricesAsync(NpgsqlConnection connection, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("SELECT greatest($1, max(added_at), max(retired_at)) FROM price_rows", connection);
        command.Parameters.Add(new() { Value = now.UtcDateTime, NpgsqlDbType = NpgsqlDbType.TimestampTz });
        return (DateTime)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    private static RepriceDifference Row((string Tenant, string Provider, string Model) key, RepriceSums sums) =>
        new(key.Tenant, key.Provider, key.Model, sums.Requests, sums.Changed, sums.OldCost, sums.NewCost, sums.UnpricedBefore, sums.UnpricedAfter);

    private static RepriceProgress Progress(RepriceRun run) => new(
        run.RunId, new(run.RangeFrom, run.RangeTo, run.TenantId.Length == 0 ? null : run.TenantId, run.Provider, run.Model), run.State, run.Expected, run.Scanned, run.Changed,
        run.OldCost, run.NewCost, run.StartedBy, run.StartedAt, run.UpdatedAt, run.FinishedAt);
}
