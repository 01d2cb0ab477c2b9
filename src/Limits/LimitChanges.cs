using AgentConsole.Access;
using AgentConsole.Platform.Data;
using AgentConsole.Platform.Live;
using AgentConsole.Shell;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace AgentConsole.Limits;

internal sealed record LimitChange(string Tenant, string Action, LimitRow? Before, LimitRow? After);

/// <summary>How every change of limits ends: its audit row and the version that nodes look at are in its own transaction, and then it is told.</summary>
internal sealed class LimitChanges(AuditLog audit, FollowLimits follow, IChangeFeed changes)
{
    private const string Bump = """
        INSERT INTO limit_versions (tenant_id, version) VALUES ($1, 1)
        ON CONFLICT (tenant_id) DO UPDATE SET version = limit_versions.version + 1
        """;

    public Task CommitAsync(ConsoleDb db, string tenant, string action, LimitRow? before, LimitRow? after, Caller caller, CancellationToken cancellationToken) =>
        CommitAsync(db, [new(tenant, action, before, after)], caller, cancellationToken);

    /// <summary>Once it returns, this node goes by the change; every other does within two seconds. What concerns every tenant is in the platform's log.</summary>
    public async Task CommitAsync(ConsoleDb db, IReadOnlyList<LimitChange> all, Caller caller, CancellationToken cancellationToken)
    {
        await db.SaveChangesAsync(cancellationToken);
        var connection = (NpgsqlConnection)db.Database.GetDbConnection();
        // In one order: two who change several tenants' limits never wait for each other.
        foreach (var (tenant, action, before, after) in all.OrderBy(static change => change.Tenant, StringComparer.Ordinal))
            await audit.AppendAsync(connection, new(tenant == LimitScope.Each ? "" : tenant, caller.Actor, action, (after ?? before)!.Id.ToString(), before?.ToJson(), after?.ToJson()), cancellationToken);
        foreach (var tenant in all.Select(static change => change.Tenant).Distinct().Order(StringComparer.Ordinal))
            await BumpAsync(connection, tenant, cancellationToken);
        await db.CommitAsync(cancellationToken);
        changes.Signal(Topics.Limits);
        await follow.RefreshAsync(CancellationToken.None);
    }

    /// <summary>Tells nodes, once it is committed, that what they hold of the tenant is old.</summary>
    public static async Task BumpAsync(NpgsqlConnection connection, string tenant, CancellationToken cancellationToken)
    {
        await using var bump = new NpgsqlCommand(Bump, connection) { Parameters = { new() { Value = tenant } } };
        await bump.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Of what concerns every tenant whoever may on the platform, else whoever may in the tenant.</summary>
    public static bool May(Caller caller, string tenant) => tenant == LimitScope.Each ? caller.CanOnPlatform(Permission.ManageLimits) : caller.Can(Permission.ManageLimits, tenant);
}
