using System.Text.Json.Nodes;
using AgentConsole.Access;
using AgentConsole.Platform;
using AgentConsole.Platform.Data;
using AgentConsole.Shell;
using Npgsql;
using NpgsqlTypes;

namespace AgentConsole.Views;

/// <param name="Link">Path and query of a page of the console.</param>
/// <param name="IsShared">Everyone's in the tenant.</param>
/// <param name="IsDefault">Opened where the page is opened without anything said.</param>
public sealed record ViewDraft(string Name, string Link, bool IsShared, bool IsDefault);

/// <summary>Keeps the address of a page under a name; the same name again is the same view.</summary>
public sealed class SaveView(Database database, AuditLog audit, TimeProvider time)
{
    public const int MaxName = 80;
    public const int MaxLink = 4000;
    /// <summary>Of one owner.</summary>
    public const int MaxViews = 100;

    private const string Clear = "UPDATE saved_views SET is_default = false WHERE tenant_id = $1 AND owner = $2 AND path = $3 AND is_default";

    private const string Write = """
        INSERT INTO saved_views (tenant_id, view_id, owner, path, name, link, is_default, saved_at) VALUES ($1, $4, $2, $3, $5, $6, $7, $8)
        ON CONFLICT (tenant_id, owner, path, name) DO UPDATE SET link = excluded.link, is_default = excluded.is_default, saved_at = excluded.saved_at
        """;

    private const string Count = "SELECT count(*) FROM saved_views WHERE tenant_id = $1 AND owner = $2 AND NOT (path = $3 AND name = $4)";

    /// <summary>Fails with <see cref="NotAllowed"/> or <see cref="InvalidView"/>.</summary>
    /// <param name="tenant">The tenant looked at; null for several.</param>
    public async Task<Result<string>> ExecuteAsync(string? tenant, ViewDraft draft, Caller caller, CancellationToken cancellationToken)
    {
        var home = ViewHome.Of(tenant, draft.IsShared, caller, "views.save");
        if (!home.Ok) return home.Error;
        var (name, link) = (draft.Name.Trim(), PageUrl.Parse(draft.Link));
        if (name.Length is 0 or > MaxName || name.Contains('\0')) return new InvalidView($"A view has a name of 1 to {MaxName} characters.");
        if (!IsAddress(draft.Link)) return new InvalidView($"A view is a page of the console, of at most {MaxLink} characters.");
        await using var session = await database.BeginAsync(home.Value.Reach, cancellationToken);
        if (await CountAsync(session.Connection, home.Value, link.Path, name, cancellationToken) >= MaxViews) return new InvalidView($"There are {MaxViews} views already. Delete one first.");
        await WriteAsync(session.Connection, home.Value, name, link, draft.IsDefault, cancellationToken);
        var after = new JsonObject { ["link"] = link.ToString(), ["shared"] = draft.IsShared, ["default"] = draft.IsDefault };
        await audit.AppendAsync(session.Connection, new(home.Value.Tenant, caller.Actor, "views.save", name, null, after), cancellationToken);
        await session.CommitAsync(cancellationToken);
        return name;
    }

    /// <summary>Whether it is path and query of a page of this console.</summary>
    internal static bool IsAddress(string link) => link.StartsWith('/') && !link.StartsWith("//", StringComparison.Ordinal) && link.Length <= MaxLink && !link.Contains('\0');

    private static async Task<long> CountAsync(NpgsqlConnection connection, ViewHome home, string path, string name, CancellationToken cancellationToken)
    {
        await using var count = new NpgsqlCommand(Count, connection) { Parameters = { new() { Value = home.Tenant }, new() { Value = home.Owner }, new() { Value = path }, new() { Value = name } } };
        return (long)(await count.ExecuteScalarAsync(cancellationToken))!;
    }

    private async Task WriteAsync(NpgsqlConnection connection, ViewHome home, string name, PageUrl link, bool isDefault, CancellationToken cancellationToken)
    {
        if (isDefault)
        {
            await using var clear = new NpgsqlCommand(Clear, connection) { Parameters = { new() { Value = home.Tenant }, new() { Value = home.Owner }, new() { Value = link.Path } } };
            await clear.ExecuteNonQueryAsync(cancellationToken);
        }
        var now = time.GetUtcNow();
        await using var write = new NpgsqlCommand(Write, connection);
        foreach (var value in new object[] { home.Tenant, home.Owner, link.Path, Guid.CreateVersion7(now), name, link.ToString(), isDefault }) write.Parameters.Add(new() { Value = value });
        write.Parameters.Add(new() { Value = now.UtcDateTime, NpgsqlDbType = NpgsqlDbType.TimestampTz });
        await write.ExecuteNonQueryAsync(cancellationToken);
    }
}
