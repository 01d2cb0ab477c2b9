using System.Text.Json.Nodes;
using AgentConsole.Access;
using AgentConsole.Platform;
using AgentConsole.Platform.Data;
using AgentConsole.Platform.Live;
using AgentConsole.Shell;
using Npgsql;

namespace AgentConsole.Views;

/// <summary>Forgets a dashboard: one's own, or one of the tenant by whoever manages it.</summary>
public sealed class DeleteDashboard(Database database, AuditLog audit, IChangeFeed changes)
{
    private const string Delete = "DELETE FROM dashboards WHERE tenant_id = $1 AND owner = $2 AND dashboard_id = $3 RETURNING name, tiles::text";

    /// <summary>Fails with <see cref="NotAllowed"/>, <see cref="InvalidView"/> or <see cref="UnknownDashboard"/>.</summary>
    public async Task<Result<string>> ExecuteAsync(DashboardRow dashboard, Caller caller, CancellationToken cancellationToken)
    {
        var home = ViewHome.Of(dashboard.Tenant, dashboard.IsShared, caller, "dashboards.delete");
        if (!home.Ok) return home.Error;
        await using var session = await database.BeginAsync(home.Value.Reach, cancellationToken);
        if (await DeleteAsync(session.Connection, home.Value, dashboard.Id, cancellationToken) is not var (name, tiles)) return new UnknownDashboard(dashboard.Id);
        await audit.AppendAsync(session.Connection, new(home.Value.Tenant, caller.Actor, "dashboards.delete", name, new JsonObject { ["tiles"] = TileJson.Read(tiles).Count, ["shared"] = dashboard.IsShared }), cancellationToken);
        await session.CommitAsync(cancellationToken);
        changes.Signal(Topics.Dashboards);
        return name;
    }

    private static async Task<(string Name, string Tiles)?> DeleteAsync(NpgsqlConnection connection, ViewHome home, Guid id, CancellationToken cancellationToken)
    {
        await using var delete = new NpgsqlCommand(Delete, connection) { Parameters = { new() { Value = home.Tenant }, new() { Value = home.Owner }, new() { Value = id } } };
        await using var reader = await delete.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken) ? (reader.GetString(0), reader.GetString(1)) : null;
    }
}
