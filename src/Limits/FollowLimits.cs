using AgentConsole.Platform;
using AgentConsole.Platform.Data;
using AgentConsole.Platform.Live;
using AgentConsole.Shell;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace AgentConsole.Limits;

/// <summary>
/// Keeps this node's limits those of the store: read before the app listens, again when they are said to have changed, and whenever their version or that of tenants has moved,
/// which is looked at every second. What cannot be read leaves them as they are: nobody can change a limit meanwhile either.
/// </summary>
internal sealed partial class FollowLimits(Database database, Contexts contexts, CurrentLimits current, IChangeFeed changes, TimeProvider time, ILogger<FollowLimits> logger) : LastingService(logger)
{
    /// <summary>A node knows of a change after this time at most, and the time of one read.</summary>
    public static readonly TimeSpan Every = TimeSpan.FromSeconds(1);

    /// <summary>Tenants' zones change with the version of keys and tenants.</summary>
    private const string ReadVersion = """
        SELECT (SELECT coalesce(sum(version), 0)::bigint FROM limit_versions), (SELECT coalesce(sum(version), 0)::bigint FROM access_versions)
        """;

    private readonly SemaphoreSlim _reading = new(1);
    private (long, long) _version = (-1, -1);

    /// <summary>Reads them anew if a version has moved.</summary>
    public async Task RefreshAsync(CancellationToken cancellationToken)
    {
        await _reading.WaitAsync(cancellationToken);
        try
        {
            // The version first: a change in between is then read twice rather than never.
            var version = await VersionAsync(cancellationToken);
            if (version == _version) return;
            current.Use(await ReadAsync(cancellationToken));
            _version = version;
        }
        catch (Exception error) when (error is NpgsqlException or TimeoutException or InvalidOperationException)
        {
            LogFailed(Log, error);
        }
        finally
        {
            _reading.Release();
        }
    }

    protected override async Task WorkAsync(CancellationToken stoppingToken)
    {
        using var signals = changes.Subscribe(Topics.Limits, TimeSpan.FromMilliseconds(100), RefreshAsync);
        using var timer = new PeriodicTimer(Every, time);
        while (await timer.WaitForNextTickAsync(stoppingToken)) await RefreshAsync(stoppingToken);
    }

    public override void Dispose()
    {
        _reading.Dispose();
        base.Dispose();
    }

    private async Task<(long, long)> VersionAsync(CancellationToken cancellationToken)
    {
        await using var session = await database.BeginAsync(Reach.Platform, cancellationToken);
        await using var command = new NpgsqlCommand(ReadVersion, session.Connection);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        return (reader.GetInt64(0), reader.GetInt64(1));
    }

    private async Task<LimitBook> ReadAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        await using var db = await contexts.BeginAsync(Reach.Platform, cancellationToken);
        var limits = await db.Set<Limit>().AsNoTracking().Where(limit => limit.ExpiresAt == null || limit.ExpiresAt > now).ToListAsync(cancellationToken);
        var zones = await db.Set<Access.Tenant>().AsNoTracking().Where(static tenant => tenant.TimeZone != "UTC").Select(static tenant => new { tenant.TenantId, tenant.TimeZone }).ToListAsync(cancellationToken);
        return new([.. limits.Select(LimitRow.Of)], zones.Select(static tenant => (tenant.TenantId, tenant.TimeZone)));
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Limits could not be read; this node goes on with those it has")]
    private static partial void LogFailed(ILogger logger, Exception error);
}
