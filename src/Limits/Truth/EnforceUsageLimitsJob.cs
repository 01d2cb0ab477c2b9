using AgentConsole.Jobs;
using AgentConsole.Limits.Counters;
using AgentConsole.Platform.Data;
using AgentConsole.Usage;
using Npgsql;
using NpgsqlTypes;
using Quartz;

namespace AgentConsole.Limits.Truth;

/// <summary>Each minute: settles orphans, compares every tenant's counters with the ledger and repairs them, and lets settlements go that are of no more use.</summary>
internal sealed partial class EnforceUsageLimitsJob(CheckCounters check, CurrentLimits current, UsageQueries usage, Database database, TimeProvider time, ILogger<EnforceUsageLimitsJob> logger) : IJob
{
    public static readonly ScheduledJob Schedule = new(typeof(EnforceUsageLimitsJob), "20 * * * * ?", "Compares what limits have counted with the ledger, puts right what differs, and settles what was left open.");

    /// <summary>Each waits most of its time.</summary>
    private const int AtOnce = 32;

    /// <summary>No window is longer than a month.</summary>
    private static readonly TimeSpan Kept = TimeSpan.FromDays(40);

    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(55);

    private const string DeleteOld = "DELETE FROM limit_settlements USING tenants WHERE limit_settlements.tenant_id = tenants.tenant_id AND reserved_at < $1";

    private const string DeleteTaken = """
        DELETE FROM limit_settlements AS s USING usage_keys AS k WHERE k.tenant_id = s.tenant_id AND k.event_id = s.request_id AND s.settled_at < $1
        """;

    private const string DeleteRefusals = "DELETE FROM limit_refusals WHERE refused_at < $1";

    private const string DeleteHours = "DELETE FROM limit_refusal_hours WHERE hour < $1";

    private static readonly string DeleteMore = $"""
        DELETE FROM limit_refusals AS r USING tenants AS t CROSS JOIN LATERAL
          (SELECT k.refusal_id FROM limit_refusals AS k WHERE k.tenant_id = t.tenant_id AND k.refused_at < $1 ORDER BY k.refusal_id DESC OFFSET {RecordRefusals.KeptPerTenant} LIMIT 1) AS most
        WHERE r.tenant_id = t.tenant_id AND r.refusal_id <= most.refusal_id
        """;

    private const string DeleteChecks = "DELETE FROM limit_checks WHERE checked_at < $1";

    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default) => await RunAsync(cancellationToken);

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(Deadline);
        await Parallel.ForEachAsync(await TenantsAsync(deadline.Token), new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = deadline.Token }, async (tenant, stop) =>
        {
            try
            {
                await check.ExecuteAsync(tenant, stop);
            }
            catch (CountersAwayException error)
            {
                LogAway(logger, error, tenant);
            }
        });
        // What has an event now is not needed; not at once, as a check may be reading it.
        await DeleteAsync(DeleteTaken, TimeSpan.FromMinutes(1), cancellationToken);
        await DeleteAsync(DeleteOld, Kept, cancellationToken);
        await DeleteAsync(DeleteChecks, Kept, cancellationToken);
        await DeleteAsync(DeleteRefusals, Kept, cancellationToken);
        await DeleteAsync(DeleteMore, TimeSpan.Zero, cancellationToken);
        await DeleteAsync(DeleteHours, Kept, cancellationToken);
    }

    private async Task<IEnumerable<string>> TenantsAsync(CancellationToken cancellationToken)
    {
        var book = current.Book;
        return book.HasLimitsOfEach ? book.Tenants.Union(await usage.ListValuesAsync(Reach.Platform, Dimension.Tenant, 10_000, cancellationToken)) : book.Tenants;
    }

    private async Task DeleteAsync(string sql, TimeSpan age, CancellationToken cancellationToken)
    {
        await using var session = await database.BeginAsync(Reach.Platform, cancellationToken);
        await using var command = new NpgsqlCommand(sql, session.Connection) { Parameters = { new() { Value = (time.GetUtcNow() - age).UtcDateTime, NpgsqlDbType = NpgsqlDbType.TimestampTz } } };
        await command.ExecuteNonQueryAsync(cancellationToken);
        await session.CommitAsync(cancellationToken);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The counters of tenant {Tenant} could not be compared with the ledger; they are away")]
    private static partial void LogAway(ILogger logger, Exception error, string tenant);
}
