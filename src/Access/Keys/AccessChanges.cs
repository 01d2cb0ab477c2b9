using AgentConsole.Platform.Data;
using AgentConsole.Platform.Live;
using AgentConsole.Shell;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace AgentConsole.Access.Keys;

/// <summary>How every change of keys and tenants ends: its audit row and the version that nodes look at are in its own transaction, and then it is told.</summary>
internal sealed class AccessChanges(AuditLog audit, FollowAccess follow, IChangeFeed changes)
{
    private const string Bump = """
        INSERT INTO access_versions (tenant_id, version) VALUES ($1, 1)
        ON CONFLICT (tenant_id) DO UPDATE SET version = access_versions.version + 1
        """;

    /// <summary>Once it returns, this node goes by the change; every other does within seconds.</summary>
    public async Task CommitAsync(ConsoleDb db, AuditRecord record, CancellationToken cancellationToken)
    {
        await db.SaveChangesAsync(cancellationToken);
        var connection = (NpgsqlConnection)db.Database.GetDbConnection();
        await audit.AppendAsync(connection, record, cancellationToken);
        await using (var bump = new NpgsqlCommand(Bump, connection) { Parameters = { new() { Value = record.Tenant.Length == 0 ? Caller.PlatformMark : record.Tenant } } })
            await bump.ExecuteNonQueryAsync(cancellationToken);
        await db.CommitAsync(cancellationToken);
        changes.Signal(Topics.Access);
        await follow.RefreshAsync(CancellationToken.None);
    }
}
