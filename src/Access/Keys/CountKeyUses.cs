using System.Runtime.InteropServices;
using AgentConsole.Platform;
using AgentConsole.Platform.Data;
using Npgsql;
using NpgsqlTypes;

namespace AgentConsole.Access.Keys;

/// <summary>
/// When keys were last used and how often an hour: counted here and written together, once a minute and at the end. What cannot be written waits for the next time;
/// what a killed node had counted since is lost. Holds at most a count per key and hour, of keys that exist.
/// </summary>
internal sealed partial class CountKeyUses(Database database, TimeProvider time, ILogger<CountKeyUses> logger) : LastingService(logger)
{
    private static readonly TimeSpan Every = TimeSpan.FromMinutes(1);

    /// <summary>Counts are for a look back over a day.</summary>
    private static readonly TimeSpan Kept = TimeSpan.FromDays(2);

    private const string WriteUses = """
        INSERT INTO api_key_uses (tenant_id, key_id, hour, requests)
        SELECT u.tenant_id, u.key_id, u.hour, u.requests FROM unnest($1, $2, $3, $4) AS u(tenant_id, key_id, hour, requests) ORDER BY 1, 2, 3
        ON CONFLICT (tenant_id, key_id, hour) DO UPDATE SET requests = api_key_uses.requests + excluded.requests
        """;

    /// <summary>Rows are locked in one order, so nodes never deadlock.</summary>
    private const string WriteLast = """
        WITH used AS (SELECT u.tenant_id, u.key_id, max(u.at) AS at FROM unnest($1, $2, $3) AS u(tenant_id, key_id, at) GROUP BY 1, 2),
        locked AS (SELECT k.tenant_id, k.key_id, used.at FROM api_keys AS k JOIN used USING (tenant_id, key_id) ORDER BY 1, 2 FOR UPDATE OF k)
        UPDATE api_keys AS k SET last_used_at = greatest(k.last_used_at, locked.at) FROM locked WHERE k.tenant_id = locked.tenant_id AND k.key_id = locked.key_id
        """;

    private const string DeleteOld = """
        DELETE FROM api_key_uses AS d USING (SELECT DISTINCT * FROM unnest($1, $2) AS u(tenant_id, key_id)) AS used
        WHERE d.tenant_id = used.tenant_id AND d.key_id = used.key_id AND d.hour < $3
        """;

    private readonly Lock _lock = new();
    private Dictionary<Slot, Uses> _counted = [];

    /// <summary>A request came with the key.</summary>
    public void Count(LiveKey key, DateTimeOffset at)
    {
        var slot = new Slot(key.Tenant ?? Caller.PlatformMark, key.Id, new(at.UtcTicks - (at.UtcTicks % TimeSpan.TicksPerHour), TimeSpan.Zero));
        lock (_lock) Add(_counted, slot, new(1, at));
    }

    public async Task WriteAsync(CancellationToken cancellationToken)
    {
        Dictionary<Slot, Uses> counted;
        lock (_lock) (counted, _counted) = (_counted, []);
        if (counted.Count == 0) return;
        try
        {
            await WriteAsync([.. counted], cancellationToken);
        }
        catch (Exception error) when (error is NpgsqlException or TimeoutException or InvalidOperationException or OperationCanceledException)
        {
            lock (_lock)
            {
                foreach (var (slot, uses) in counted) Add(_counted, slot, uses);
            }
            LogFailed(Log, error);
        }
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await WriteAsync(cancellationToken);
    }

    protected override async Task WorkAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Every, time);
        while (await timer.WaitForNextTickAsync(stoppingToken)) await WriteAsync(stoppingToken);
    }

    private readonly record struct Slot(string Tenant, string Key, DateTimeOffset Hour);

    private readonly record struct Uses(long Requests, DateTimeOffset LastAt);

    private static void Add(Dictionary<Slot, Uses> counted, Slot slot, Uses more)
    {
        ref var uses = ref CollectionsMarshal.GetValueRefOrAddDefault(counted, slot, out _);
        uses = new(uses.Requests + more.Requests, more.LastAt > uses.LastAt ? more.LastAt : uses.LastAt);
    }

    private async Task WriteAsync(KeyValuePair<Slot, Uses>[] counted, CancellationToken cancellationToken)
    {
        await using var session = await database.BeginAsync(Reach.Platform, cancellationToken);
        await using var batch = new NpgsqlBatch(session.Connection)
        {
            BatchCommands =
            {
                new(WriteUses)
                {
                    Parameters =
                    {
                        Texts(counted, static slot => slot.Tenant), Texts(counted, static slot => slot.Key),
                        new() { Value = Array.ConvertAll(counted, static use => use.Key.Hour.UtcDateTime), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.TimestampTz },
                        new() { Value = Array.ConvertAll(counted, static use => use.Value.Requests), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bigint },
                    },
                },
                new(WriteLast)
                {
                    Parameters =
                    {
                        Texts(counted, static slot => slot.Tenant), Texts(counted, static slot => slot.Key),
                        new() { Value = Array.ConvertAll(counted, static use => use.Value.LastAt.UtcDateTime), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.TimestampTz },
                    },
                },
                new(DeleteOld)
                {
                    Parameters = { Texts(counted, static slot => slot.Tenant), Texts(counted, static slot => slot.Key), new() { Value = (time.GetUtcNow() - Kept).UtcDateTime } },
                },
            },
        };
        await batch.ExecuteNonQueryAsync(cancellationToken);
        await session.CommitAsync(cancellationToken);
    }

    private static NpgsqlParameter Texts(KeyValuePair<Slot, Uses>[] counted, Func<Slot, string> value) =>
        new() { Value = Array.ConvertAll(counted, use => value(use.Key)), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text };

    [LoggerMessage(Level = LogLevel.Warning, Message = "The uses of API keys could not be written; they wait for the next time")]
    private static partial void LogFailed(ILogger logger, Exception error);
}
