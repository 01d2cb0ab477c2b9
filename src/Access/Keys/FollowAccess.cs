using System.Net;
using AgentConsole.Platform;
using AgentConsole.Platform.Data;
using AgentConsole.Platform.Live;
using AgentConsole.Shell;
using Npgsql;

namespace AgentConsole.Access.Keys;

/// <summary>Keeps this node's keys those of the store, and which tenants are suspended or have texts stored.</summary>
internal sealed partial class FollowAccess(Database database, CurrentAccess access, IChangeFeed changes, TimeProvider time, ILogger<FollowAccess> logger)
    : FollowStore<long>(Topics.Access, Every, changes, time, logger)
{
    public static readonly TimeSpan Every = TimeSpan.FromSeconds(2);

    private const string ReadVersion = "SELECT coalesce(sum(version), 0)::bigint FROM access_versions";

    private const string ReadKeys = """
        SELECT tenant_id, key_id, secret_hash, scopes, allowed_addresses, least(expires_at, grace_until)
        FROM api_keys WHERE revoked_at IS NULL AND coalesce(least(expires_at, grace_until) > $1, true)
        """;

    private const string ReadSuspended = "SELECT tenant_id FROM tenants WHERE suspended_at IS NOT NULL";

    private const string ReadKeepingContents = "SELECT tenant_id FROM tenants WHERE contents_since IS NOT NULL";

    protected override async Task<long> VersionAsync(CancellationToken cancellationToken)
    {
        await using var command = database.Platform.CreateCommand(ReadVersion);
        return (long)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    protected override async Task ReadAsync(CancellationToken cancellationToken)
    {
        var ring = new KeyRing(await KeysAsync(cancellationToken), await TenantsAsync(ReadSuspended, cancellationToken), await TenantsAsync(ReadKeepingContents, cancellationToken));
        access.Use(ring);
        LogRead(Log, ring.Count);
    }

    private async Task<List<LiveKey>> KeysAsync(CancellationToken cancellationToken)
    {
        await using var command = database.Platform.CreateCommand(ReadKeys);
        command.Parameters.Add(new() { Value = Time.GetUtcNow().UtcDateTime });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var keys = new List<LiveKey>();
        while (await reader.ReadAsync(cancellationToken)) keys.Add(Read(reader));
        return keys;
    }

    /// <summary>A range that cannot be read opens nothing: it stands for no address, and the key stays bound to the others.</summary>
    private static LiveKey Read(NpgsqlDataReader reader)
    {
        var tenant = reader.GetString(0);
        var written = reader.GetFieldValue<string[]>(4);
        IPNetwork[] ranges = [.. written.Select(static text => AddressRange.TryParse(text, out var range) ? range : new(IPAddress.IPv6None, 128))];
        return new(
            reader.GetString(1), tenant == Caller.PlatformMark ? null : tenant, reader.GetFieldValue<byte[]>(2), reader.GetFieldValue<string[]>(3), ranges,
            reader.IsDBNull(5) ? null : reader.GetFieldValue<DateTimeOffset>(5));
    }

    private async Task<List<string>> TenantsAsync(string sql, CancellationToken cancellationToken)
    {
        await using var command = database.Platform.CreateCommand(sql);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var tenants = new List<string>();
        while (await reader.ReadAsync(cancellationToken)) tenants.Add(reader.GetString(0));
        return tenants;
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "{Keys} API keys may be used now")]
    private static partial void LogRead(ILogger logger, int keys);
}
