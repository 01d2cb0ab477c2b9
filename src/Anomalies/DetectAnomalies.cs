using AgentConsole.Access;
using AgentConsole.Alerts;
using AgentConsole.Anomalies.Detection;
using AgentConsole.Platform.Data;
using AgentConsole.Platform.Live;
using AgentConsole.Usage;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace AgentConsole.Anomalies;

/// <summary>
/// Looks at every tenant: 1. from where it was looked at last, a day at least; 2. finds the incidents since; 3. brings its cases in line with them, in one transaction. Two who look at once do not open
/// a case twice: the second leaves a tenant that is being looked at alone.
/// </summary>
public sealed partial class DetectAnomalies
{
    private static readonly TimeSpan Day = TimeSpan.FromHours(24);

    private readonly TenantQueries _tenants;
    private readonly UsageQueries _usage;
    private readonly Contexts _contexts;
    private readonly ReadIncidents _read;
    private readonly KeepCases _keep;
    private readonly AnomaliesOptions _options;
    private readonly IChangeFeed _changes;
    private readonly TimeProvider _time;
    private readonly ILogger<DetectAnomalies> _logger;

    internal DetectAnomalies(TenantQueries tenants, UsageQueries usage, Contexts contexts, ReadIncidents read, KeepCases keep, AnomaliesOptions options, IChangeFeed changes, TimeProvider time, ILogger<DetectAnomalies> logger) =>
        (_tenants, _usage, _contexts, _read, _keep, _options, _changes, _time, _logger) = (tenants, usage, contexts, read, keep, options, changes, time, logger);

    /// <summary>Answers how many cases were opened. A tenant that cannot be looked at does not keep the others from it.</summary>
    /// <param name="isSettled">Whatever past a tenant has is all there; else one that has turned up since the last look is looked at in the next.</param>
    /// <exception cref="InvalidOperationException">Some could not be looked at.</exception>
    public async Task<int> ExecuteAsync(bool isSettled, CancellationToken cancellationToken)
    {
        var (opened, failed, seen) = (0, 0, 0);
        for (string? cursor = "", next = null; cursor is not null; cursor = next)
        {
            var page = await _tenants.ListAsync(Reach.Platform, new TenantQuery(Cursor: cursor.Length == 0 ? null : cursor, Limit: TenantQueries.MaxListed), cancellationToken);
            foreach (var tenant in page.Items)
            {
                seen++;
                try
                {
                    opened += await LookAsync(tenant.TenantId, isSettled, cancellationToken);
                }
                catch (Exception error) when (error is NpgsqlException or TimeoutException or InvalidOperationException or DbUpdateException)
                {
                    failed++;
                    LogFailed(_logger, error, tenant.TenantId);
                }
            }
            next = page.NextCursor;
        }
        return failed == 0 ? opened : throw new InvalidOperationException($"{failed} of {seen} tenants could not be looked at.");
    }

    private async Task<int> LookAsync(string tenant, bool isSettled, CancellationToken cancellationToken)
    {
        var now = _time.GetUtcNow();
        if (await _usage.FindFirstUseAsync(Reach.Of(tenant), cancellationToken) is not { } firstUse) return 0;
        await using var db = await _contexts.BeginAsync(Reach.Platform, cancellationToken);
        if (!await HoldAsync(db, tenant, cancellationToken)) return 0;
        var look = await db.Set<CaseLook>().SingleOrDefaultAsync(one => one.TenantId == tenant, cancellationToken);
        if (look is null) db.Add(look = new() { TenantId = tenant, FirstUse = DateTimeOffset.MaxValue });
        var isNew = firstUse < look.FirstUse;
        if (isNew) (look.FirstUse, look.LookedTo) = (firstUse, null);
        var kept = new KeptCases(0, 0, []);
        if (isSettled || !isNew)
        {
            var from = From(look.LookedTo, firstUse, now);
            var found = from < now ? await _read.ExecuteAsync(tenant, from, now, firstUse, cancellationToken) : [];
            kept = await _keep.ExecuteAsync(db, tenant, from, found, firstUse, now, cancellationToken);
            (look.LookedTo, look.HeldBack) = (now, kept.HeldBack);
        }
        await db.SaveChangesAsync(cancellationToken);
        await db.CommitAsync(cancellationToken);
        _changes.SignalCases(tenant);
        _changes.SignalAlerts(kept.Told);
        if (kept.Opened + kept.HeldBack > 0) LogOpened(_logger, kept.Opened, tenant, kept.HeldBack);
        return kept.Opened;
    }

    /// <summary>A full hour. Of a tenant's own beginning nothing is usual yet.</summary>
    private DateTimeOffset From(DateTimeOffset? lookedTo, DateTimeOffset firstUse, DateTimeOffset now)
    {
        var (longest, wanted) = (now.AddDays(-_options.LookBackDays), lookedTo is { } to && to < now - Day ? to : now - Day);
        var from = Later(lookedTo is null || wanted < longest ? longest : wanted, firstUse.AddDays(_options.HistoryDays));
        return new(from.UtcTicks - (from.UtcTicks % TimeSpan.TicksPerHour), TimeSpan.Zero);
    }

    private static DateTimeOffset Later(DateTimeOffset one, DateTimeOffset other) => one > other ? one : other;

    /// <summary>Until the transaction ends. It writes nothing yet, so that what is read meanwhile is not held up.</summary>
    private static async Task<bool> HoldAsync(ConsoleDb db, string tenant, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("SELECT pg_try_advisory_xact_lock(hashtextextended('cases/' || $1, 0))", (NpgsqlConnection)db.Database.GetDbConnection()) { Parameters = { new() { Value = tenant } } };
        return (bool)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "{Opened} cases of tenant {Tenant} were opened, {HeldBack} more were not")]
    private static partial void LogOpened(ILogger logger, int opened, string tenant, int heldBack);

    [LoggerMessage(Level = LogLevel.Error, Message = "Tenant {Tenant} could not be looked at for anomalies")]
    private static partial void LogFailed(ILogger logger, Exception error, string tenant);
}
