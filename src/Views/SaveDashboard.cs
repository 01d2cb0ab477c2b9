using System.Text.Json.Nodes;
using AgentConsole.Access;
using AgentConsole.Platform;
using AgentConsole.Platform.Data;
using AgentConsole.Platform.Live;
using AgentConsole.Shell;
using Npgsql;
using NpgsqlTypes;

namespace AgentConsole.Views;

/// <summary>A dashboard as it is to be.</summary>
/// <param name="IsShared">Everyone's in the tenant.</param>
public sealed record DashboardDraft(string Name, bool IsShared, IReadOnlyList<PinnedTile> Tiles);

/// <summary>Makes a dashboard, or changes one as a whole: its name and all of its tiles.</summary>
public sealed class SaveDashboard(Database database, AuditLog audit, IChangeFeed changes, TimeProvider time)
{
    public const int MaxName = 80;
    /// <summary>Of one owner.</summary>
    public const int MaxDashboards = 30;
    public const int MaxTiles = 24;

    private const string Count = "SELECT count(*) FROM dashboards WHERE tenant_id = $1 AND owner = $2";

    private const string Insert = "INSERT INTO dashboards (tenant_id, owner, dashboard_id, name, tiles, saved_at, version) VALUES ($1, $2, $3, $4, $5, $6, 1)";

    private const string Update = """
        UPDATE dashboards AS d SET name = $4, tiles = $5, saved_at = $6, version = d.version + 1
        FROM (SELECT tenant_id, dashboard_id, name, jsonb_array_length(tiles) AS tiles FROM dashboards WHERE tenant_id = $1 AND owner = $2 AND dashboard_id = $3 AND version = $7 FOR UPDATE) AS b
        WHERE d.tenant_id = b.tenant_id AND d.dashboard_id = b.dashboard_id RETURNING b.name, b.tiles
        """;

    private const string Exists = "SELECT count(*) FROM dashboards WHERE tenant_id = $1 AND owner = $2 AND dashboard_id = $3";

    /// <summary>A new one. Fails with <see cref="NotAllowed"/>, <see cref="InvalidView"/> or <see cref="InvalidDashboard"/>.</summary>
    /// <param name="tenant">The tenant looked at; null for several.</param>
    public Task<Result<Guid>> CreateAsync(string? tenant, DashboardDraft draft, Caller caller, CancellationToken cancellationToken) =>
        WriteAsync(ViewHome.Of(tenant, draft.IsShared, caller, "dashboards.create"), draft, caller, async (connection, home, token) =>
        {
            await using var count = Command(connection, Count, home.Tenant, home.Owner);
            if ((long)(await count.ExecuteScalarAsync(token))! >= MaxDashboards) return new InvalidDashboard($"There are {MaxDashboards} dashboards already. Delete one first.");
            var id = Guid.CreateVersion7(time.GetUtcNow());
            await using var insert = Command(connection, Insert, home.Tenant, home.Owner, id);
            AddDraft(insert, draft);
            await insert.ExecuteNonQueryAsync(token);
            await audit.AppendAsync(connection, new(home.Tenant, caller.Actor, "dashboards.create", draft.Name.Trim(), null, Words(draft)), token);
            return id;
        }, cancellationToken);

    /// <summary>What is kept becomes the draft. Fails as <see cref="CreateAsync"/> does, with <see cref="UnknownDashboard"/>, or with <see cref="DashboardHasChanged"/> when somebody else changed it meanwhile.</summary>
    /// <param name="before">As it was read.</param>
    public Task<Result<Guid>> ChangeAsync(DashboardRow before, DashboardDraft draft, Caller caller, CancellationToken cancellationToken) =>
        WriteAsync(ViewHome.Of(before.Tenant, before.IsShared, caller, "dashboards.change"), draft, caller, async (connection, home, token) =>
        {
            await using (var update = Command(connection, Update, home.Tenant, home.Owner, before.Id))
            {
                AddDraft(update, draft);
                update.Parameters.Add(new() { Value = before.Version, NpgsqlDbType = NpgsqlDbType.Integer });
                await using var reader = await update.ExecuteReaderAsync(token);
                if (await reader.ReadAsync(token))
                {
                    var was = new JsonObject { ["name"] = reader.GetString(0), ["tiles"] = reader.GetInt32(1) };
                    await reader.DisposeAsync();
                    await audit.AppendAsync(connection, new(home.Tenant, caller.Actor, "dashboards.change", draft.Name.Trim(), was, Words(draft)), token);
                    return before.Id;
                }
            }
            await using var exists = Command(connection, Exists, home.Tenant, home.Owner, before.Id);
            return (long)(await exists.ExecuteScalarAsync(token))! > 0 ? new DashboardHasChanged() : new UnknownDashboard(before.Id);
        }, cancellationToken);

    private async Task<Result<Guid>> WriteAsync(
        Result<ViewHome> home, DashboardDraft draft, Caller caller, Func<NpgsqlConnection, ViewHome, CancellationToken, Task<Result<Guid>>> write, CancellationToken cancellationToken)
    {
        if (!home.Ok) return home.Error;
        if (Wrong(draft) is { } wrong) return new InvalidDashboard(wrong);
        await using var session = await database.BeginAsync(home.Value.Reach, cancellationToken);
        try
        {
            var written = await write(session.Connection, home.Value, cancellationToken);
            if (!written.Ok) return written;
            await session.CommitAsync(cancellationToken);
            changes.Signal(Topics.Dashboards);
            return written;
        }
        catch (PostgresException error) when (error.SqlState == PostgresErrorCodes.UniqueViolation)
        {
            return new InvalidDashboard($"There is a dashboard called \"{draft.Name.Trim()}\" already.");
        }
    }

    private static string? Wrong(DashboardDraft draft)
    {
        if (!IsText(draft.Name, MaxName)) return $"A dashboard has a name of 1 to {MaxName} characters.";
        if (draft.Tiles.Count > MaxTiles) return $"A dashboard has at most {MaxTiles} tiles. Remove one first.";
        if (draft.Tiles.Any(static tile => !IsText(tile.Title, PinnedTile.MaxTitle))) return $"A tile has a title of 1 to {PinnedTile.MaxTitle} characters.";
        return draft.Tiles.All(static tile => SaveView.IsAddress(tile.Link)) ? null : $"A tile is a page of the console, by an address of at most {SaveView.MaxLink} characters.";
    }

    private static bool IsText(string text, int most) => text.Trim().Length is > 0 and var length && length <= most && !text.Contains('\0');

    private void AddDraft(NpgsqlCommand command, DashboardDraft draft)
    {
        command.Parameters.Add(new() { Value = draft.Name.Trim() });
        command.Parameters.Add(new() { Value = TileJson.Write([.. draft.Tiles.Select(static tile => tile with { Title = tile.Title.Trim() })]), NpgsqlDbType = NpgsqlDbType.Jsonb });
        command.Parameters.Add(new() { Value = time.GetUtcNow().UtcDateTime, NpgsqlDbType = NpgsqlDbType.TimestampTz });
    }

    private static JsonObject Words(DashboardDraft draft) => new() { ["name"] = draft.Name.Trim(), ["tiles"] = draft.Tiles.Count, ["shared"] = draft.IsShared };

    private static NpgsqlCommand Command(NpgsqlConnection connection, string sql, params IEnumerable<object> values)
    {
        var command = new NpgsqlCommand(sql, connection);
        foreach (var value in values) command.Parameters.Add(new() { Value = value });
        return command;
    }
}
