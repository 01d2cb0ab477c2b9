using System.Text.Json.Nodes;
using AgentConsole.Access;
using AgentConsole.Platform;
using AgentConsole.Platform.Data;
using AgentConsole.Platform.Live;
using AgentConsole.Shell;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using NpgsqlTypes;

namespace AgentConsole.Usage;

/// <summary>
/// Deletes all texts that a tenant has stored. From the moment it is told nobody sees them any more; the rows go in small transactions, at once as far as a caller can wait, the rest
/// with the next maintenance.
/// </summary>
public sealed class DeleteContents(Contexts contexts, Database database, AuditLog audit, IChangeFeed changes, TimeProvider time)
{
    /// <summary>Batches that a caller waits for.</summary>
    private const int MaxBatches = 100;

    /// <summary>How much it was. Fails with <see cref="NotAllowed"/> or <see cref="UnknownTenant"/>.</summary>
    public async Task<Result<ContentSize>> ExecuteAsync(string tenant, Caller caller, CancellationToken cancellationToken)
    {
        if (!caller.Can(Permission.ManageTenant, tenant)) return caller.Refuse("contents.delete");
        var reach = caller.ReachOf(Permission.ManageTenant).Within(tenant);
        var marked = await MarkAsync(tenant, reach, caller, cancellationToken);
        if (!marked.Ok) return marked.Error;
        changes.Signal(Topics.Access);
        for (var batch = 0; batch < MaxBatches; batch++)
            if (await DeleteBatchAsync(database, reach, tenant, marked.Value.Through, cancellationToken) < BatchSize) break;
        return marked.Value.Size;
    }

    /// <summary>The tenant's row is held: whoever is storing texts at this moment is waited for, and what that one stored is deleted, too.</summary>
    private async Task<Result<(ContentSize Size, DateTimeOffset Through)>> MarkAsync(string id, Reach reach, Caller caller, CancellationToken cancellationToken)
    {
        await using var db = await contexts.BeginAsync(reach, cancellationToken);
        var tenant = await db.Set<Tenant>().FromSql($"SELECT * FROM tenants WHERE tenant_id = {id} FOR UPDATE").SingleOrDefaultAsync(cancellationToken);
        if (tenant is null) return new UnknownTenant(id);
        var connection = (NpgsqlConnection)db.Database.GetDbConnection();
        var size = await ContentQueries.SizeAsync(connection, id, cancellationToken);
        // A node whose clock is ahead may have stored the last one later than now.
        await using var newest = new NpgsqlCommand("SELECT greatest($2, max(stored_at)) FROM usage_contents WHERE tenant_id = $1", connection);
        newest.Parameters.Add(new() { Value = id });
        newest.Parameters.Add(new() { Value = time.GetUtcNow().UtcDateTime, NpgsqlDbType = NpgsqlDbType.TimestampTz });
        DateTimeOffset through = (DateTime)(await newest.ExecuteScalarAsync(cancellationToken))!;
        tenant.ContentsDeletedAt = through;
        await db.SaveChangesAsync(cancellationToken);
        await audit.AppendAsync(connection, new(id, caller.Actor, "contents.delete", id, Before: new JsonObject { ["requests"] = size.Requests, ["bytes"] = size.Bytes }), cancellationToken);
        await db.CommitAsync(cancellationToken);
        return (size, through);
    }

    /// <summary>Rows of one transaction.</summary>
    internal const int BatchSize = 2000;

    private const string DeleteBatch = """
        DELETE FROM usage_contents WHERE (tenant_id, event_id, source) IN (
          SELECT tenant_id, event_id, source FROM usage_contents WHERE tenant_id = $1 AND stored_at <= $2 ORDER BY stored_at LIMIT 2000)
        """;

    /// <summary>The oldest of a tenant's texts, through a moment; how many they were.</summary>
    internal static async Task<int> DeleteBatchAsync(Database database, Reach reach, string tenant, DateTimeOffset through, CancellationToken cancellationToken)
    {
        await using var session = await database.BeginAsync(reach, cancellationToken);
        await using var command = new NpgsqlCommand(DeleteBatch, session.Connection);
        command.Parameters.Add(new() { Value = tenant });
        command.Parameters.Add(new() { Value = through.UtcDateTime, NpgsqlDbType = NpgsqlDbType.TimestampTz });
        var deleted = await command.ExecuteNonQueryAsync(cancellationToken);
        await session.CommitAsync(cancellationToken);
        return deleted;
    }
}
