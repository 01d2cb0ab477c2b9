using AgentConsole.Platform;
using AgentConsole.Platform.Data;
using AgentConsole.Platform.Live;
using AgentConsole.Shell;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace AgentConsole.Limits;

/// <summary>Keeps this node's limits those of the store, and the zones in which they are counted.</summary>
internal sealed class FollowLimits(Database database, Contexts contexts, CurrentLimits current, IChangeFeed changes, TimeProvider time, ILogger<FollowLimits> logger)
    : FollowStore<(long, long)>(Topics.Limits, Every, changes, time, logger)
{
    public static readonly TimeSpan Every = TimeSpan.FromSeconds(1);

    /// <summary>Tenants' zones change with the version of keys and tenants.</summary>
    private const string ReadVersion = """
        SELECT (SELECT coalesce(sum(version), 0)::bigint FROM limit_versions), (SELECT coalesce(sum(version), 0)::bigint FROM access_versions)
        """;

    protected override async Task<(long, long)> VersionAsync(CancellationToken cancellationToken)
    {
        await using var session = await database.BeginAsync(Reach.Platform, cancellationToken);
        await using var command = new NpgsqlCommand(ReadVersion, session.Connection);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        return (reader.GetInt64(0), reader.GetInt64(1));
    }

    protected override async Task ReadAsync(CancellationToken cancellationToken)
    {
        var now = Time.GetUtcNow();
        await using var db = await contexts.BeginAsync(Reach.Platform, cancellationToken);
        var limits = await db.Set<Limit>().AsNoTracking().Where(limit => limit.ExpiresAt == null || limit.ExpiresAt > now).ToListAsync(cancellationToken);
        var zones = await db.Set<Access.Tenant>().AsNoTracking().Where(static tenant => tenant.TimeZone != "UTC").Select(static tenant => new { tenant.TenantId, tenant.TimeZone }).ToListAsync(cancellationToken);
        current.Use(new([.. limits.Select(LimitRow.Of)], zones.Select(static tenant => (tenant.TenantId, tenant.TimeZone))));
    }
}
