using System.Net;
using AgentConsole.Platform;
using AgentConsole.Platform.Data;
using AgentConsole.Platform.Live;
using AgentConsole.Shell;
using Npgsql;

namespace AgentConsole.Access.Keys;

/// <summary>
/// Keeps this node's keys those of the store: read before the app listens, again when they are said to have changed, and whenever their version has moved,
/// which is looked at every two seconds. What cannot be read leaves them as they are: nobody can revoke a key meanwhile either.
/// </summary>
internal sealed partial class FollowAccess(Database database, CurrentAccess access, IChangeFeed changes, TimeProvider time, ILogger<FollowAccess> logger) : LastingService(logger)
{
    /// <summary>A node knows of a change after this time at most, and the time of one read.</summary>
    public static readonly TimeSpan Every = TimeSpan.FromSeconds(2);

    private const string ReadVersion = "SELECT coalesce(sum(version), 0)::bigint FROM access_versions";

    private const string ReadKeys = """
        SELECT tenant_id, key_id, secret_hash, scopes, allowed_addresses, least(expires_at, grace_until)
        FROM api_keys WHERE revoked_at IS NULL AND coalesce(least(expires_at, grace_until) > $1, true)
        """;

    private const string ReadSuspended = "SELECT tenant_id FROM tenants WHERE suspended_at IS NOT NULL";

    private const string ReadKeepingContents = "SELECT tenant_id FROM tenants WHERE contents_since IS NOT NULL";

    private readonly SemaphoreSlim _reading = new(1);
    private long _version = -1;

    /// <summary>Reads them anew if their version has moved.</summary>
    public async Task RefreshAsync(CancellationToken cancellationToken)
    {
        await _reading.WaitAsync(cancellationToken);
        try
        {
            // The version first: a change in between is then read twice rather than never.
            var version = await VersionAsync(cancellationToken);
            if (version == _version) return;
            var ring = new KeyRing(await KeysAsync(cancellationToken), await TenantsAsync(ReadSuspended, cancellationToken), await TenantsAsync(ReadKeepingContents, cancellationToken));
            access.Use(ring);
            _version = version;
            LogRead(Log, ring.Count);
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
        using var signals = changes.Subscribe(Topics.Access, TimeSpan.FromMilliseconds(100), RefreshAsync);
        using var timer = new PeriodicTimer(Every, time);
        while (await timer.WaitForNextTickAsync(stoppingToken)) await RefreshAsync(stoppingToken);
    }

    public override void Dispose()
    {
        _reading.Dispose();
        base.Dispose();
    }

    private async Task<long> VersionAsync(CancellationToken cancellationToken)
    {
        await using var command = database.Platform.CreateCommand(ReadVersion);
        return (long)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    private async Task<List<LiveKey>> KeysAsync(CancellationToken cancellationToken)
    {
        await using var command = database.Platform.CreateCommand(ReadKeys);
        command.Parameters.Add(new() { Value = time.GetUtcNow().UtcDateTime });
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

    [LoggerMessage(Level = LogLevel.Warning, Message = "API keys could not be read; this node goes on with those it has")]
    private static partial void LogFailed(ILogger logger, Exception error);
}
