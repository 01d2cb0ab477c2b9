using System.Text.Json.Nodes;
using AgentConsole.Access;
using AgentConsole.Platform;
using AgentConsole.Platform.Data;
using Npgsql;

namespace AgentConsole.Views;

/// <summary>Forgets a saved view: one's own, or one of the tenant by whoever manages it.</summary>
public sealed class DeleteView(Database database, AuditLog audit)
{
    private const string Delete = "DELETE FROM saved_views WHERE tenant_id = $1 AND owner = $2 AND view_id = $3 RETURNING name, link";

    /// <summary>Fails with <see cref="NotAllowed"/>, <see cref="InvalidView"/> or <see cref="UnknownView"/>.</summary>
    public async Task<Result<string>> ExecuteAsync(ViewRow view, Caller caller, CancellationToken cancellationToken)
    {
        var home = ViewHome.Of(view.Tenant, view.IsShared, caller, "views.delete");
        if (!home.Ok) return home.Error;
        await using var session = await database.BeginAsync(home.Value.Reach, cancellationToken);
        if (await DeleteAsync(session.Connection, home.Value, view.Id, cancellationToken) is not var (name, link)) return new UnknownView(view.Id);
        await audit.AppendAsync(session.Connection, new(home.Value.Tenant, caller.Actor, "views.delete", name, new JsonObject { ["link"] = link, ["shared"] = view.IsShared }), cancellationToken);
        await session.CommitAsync(cancellationToken);
        return name;
    }

    private static async Task<(string Name, string Link)?> DeleteAsync(NpgsqlConnection connection, ViewHome home, Guid id, CancellationToken cancellationToken)
    {
        await using var delete = new NpgsqlCommand(Delete, connection) { Parameters = { new() { Value = home.Tenant }, new() { Value = home.Owner }, new() { Value = id } } };
        await using var reader = await delete.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken) ? (reader.GetString(0), reader.GetString(1)) : null;
    }
}
