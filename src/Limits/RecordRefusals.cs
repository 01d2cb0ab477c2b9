using System.Runtime.InteropServices;
using System.Text.Json;
using AgentConsole.Platform;
using AgentConsole.Platform.Data;
using AgentConsole.Platform.Live;
using AgentConsole.Shell;
using Npgsql;
using NpgsqlTypes;

namespace AgentConsole.Limits;

/// <summary>
/// Why requests were refused, written down once a second: every refusal is counted by limit and hour, and so many of each tenant are kept one by one. Who asks a thousand times a second
/// fills no more than that. What cannot be written is counted on; the single ones are let go.
/// </summary>
internal sealed partial class RecordRefusals(Database database, IChangeFeed changes, TimeProvider time, ILogger<RecordRefusals> logger) : LastingService(logger)
{
    /// <summary>The newest; older ones go with the job.</summary>
    public const int KeptPerTenant = 1_000;

    /// <summary>Of a tenant, written one by one in a second.</summary>
    private const int EachSecond = 50;

    /// <summary>On their way, of all tenants.</summary>
    private const int MostWaiting = 5_000;

    private static readonly TimeSpan Every = TimeSpan.FromSeconds(1);

    private const string InsertRefusals = """
        INSERT INTO limit_refusals (tenant_id, refusal_id, refused_at, request_id, limit_id, limit_then, reason, remaining, asked, resets_at, team, user_id, key_id, model, provider, session)
        SELECT * FROM unnest($1, $2, $3, $4, $5, $6::jsonb[], $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)
        """;

    /// <summary>Rows are locked in one order, so nodes never deadlock.</summary>
    private const string CountHours = """
        INSERT INTO limit_refusal_hours AS h (tenant_id, limit_id, hour, refusals)
        SELECT u.tenant_id, u.limit_id, u.hour, u.refusals FROM unnest($1, $2, $3, $4) AS u(tenant_id, limit_id, hour, refusals) ORDER BY 1, 2, 3
        ON CONFLICT (tenant_id, limit_id, hour) DO UPDATE SET refusals = h.refusals + excluded.refusals
        """;

    private readonly Lock _lock = new();
    private Dictionary<(string Tenant, Guid Limit, DateTimeOffset Hour), long> _counted = [];
    private List<Refusal> _single = [];
    private Dictionary<string, int> _singleOf = new(StringComparer.Ordinal);

    public void Note(LimitRequest request, LimitRefusal refusal, DateTimeOffset at)
    {
        var (tenant, hour) = (request.Subject.Tenant, new DateTimeOffset(at.UtcTicks - (at.UtcTicks % TimeSpan.TicksPerHour), TimeSpan.Zero));
        lock (_lock)
        {
            CollectionsMarshal.GetValueRefOrAddDefault(_counted, (tenant, refusal.Limit.Id, hour), out _)++;
            ref var single = ref CollectionsMarshal.GetValueRefOrAddDefault(_singleOf, tenant, out _);
            if (single++ < EachSecond && _single.Count < MostWaiting) _single.Add(Of(request, refusal, at));
        }
    }

    public async Task WriteAsync(CancellationToken cancellationToken)
    {
        Dictionary<(string Tenant, Guid Limit, DateTimeOffset Hour), long> counted;
        List<Refusal> single;
        lock (_lock) (counted, single, _counted, _single, _singleOf) = (_counted, _single, [], [], new(StringComparer.Ordinal));
        if (counted.Count == 0) return;
        try
        {
            await WriteAsync([.. counted], single, cancellationToken);
            changes.Signal(Topics.Refusals);
        }
        catch (Exception error) when (error is NpgsqlException or TimeoutException or InvalidOperationException or OperationCanceledException)
        {
            lock (_lock)
                foreach (var (key, count) in counted) CollectionsMarshal.GetValueRefOrAddDefault(_counted, key, out _) += count;
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

    private static Refusal Of(LimitRequest request, LimitRefusal refusal, DateTimeOffset at)
    {
        var subject = request.Subject;
        return new()
        {
            TenantId = subject.Tenant, RefusalId = Guid.CreateVersion7(at), RefusedAt = at, RequestId = request.RequestId, LimitId = refusal.Limit.Id, LimitThen = JsonSerializer.Serialize(refusal.Limit, LimitRow.Json),
            Reason = refusal.Reason, Remaining = refusal.Remaining, ResetsAt = refusal.ResetsAt, Team = subject.Team, User = subject.User, Key = subject.Key, Model = subject.Model, Provider = subject.Provider, Session = subject.Session,
            Asked = refusal.Limit.Measure switch { LimitMeasure.Tokens => request.Tokens, LimitMeasure.Cost => request.Cost, _ => 1 },
        };
    }

    private async Task WriteAsync(List<KeyValuePair<(string Tenant, Guid Limit, DateTimeOffset Hour), long>> counted, List<Refusal> single, CancellationToken cancellationToken)
    {
        await using var session = await database.BeginAsync(Reach.Platform, cancellationToken);
        await using var batch = new NpgsqlBatch(session.Connection) { BatchCommands = { Hours(counted), Single(single) } };
        await batch.ExecuteNonQueryAsync(cancellationToken);
        await session.CommitAsync(cancellationToken);
    }

    private static NpgsqlBatchCommand Hours(List<KeyValuePair<(string Tenant, Guid Limit, DateTimeOffset Hour), long>> counted) => new(CountHours)
    {
        Parameters =
        {
            Array(counted, NpgsqlDbType.Text, static one => one.Key.Tenant), Array(counted, NpgsqlDbType.Uuid, static one => one.Key.Limit),
            Array(counted, NpgsqlDbType.TimestampTz, static one => one.Key.Hour.UtcDateTime), Array(counted, NpgsqlDbType.Bigint, static one => one.Value),
        },
    };

    private static NpgsqlBatchCommand Single(List<Refusal> single) => new(InsertRefusals)
    {
        Parameters =
        {
            Array(single, NpgsqlDbType.Text, static one => one.TenantId), Array(single, NpgsqlDbType.Uuid, static one => one.RefusalId), Array(single, NpgsqlDbType.TimestampTz, static one => one.RefusedAt.UtcDateTime),
            Array(single, NpgsqlDbType.Text, static one => one.RequestId), Array(single, NpgsqlDbType.Uuid, static one => one.LimitId), Array(single, NpgsqlDbType.Text, static one => one.LimitThen),
            Array(single, NpgsqlDbType.Integer, static one => (int)one.Reason), Array(single, NpgsqlDbType.Numeric, static one => one.Remaining), Array(single, NpgsqlDbType.Numeric, static one => one.Asked),
            Array(single, NpgsqlDbType.TimestampTz, static one => one.ResetsAt?.UtcDateTime), Array(single, NpgsqlDbType.Text, static one => one.Team), Array(single, NpgsqlDbType.Text, static one => one.User),
            Array(single, NpgsqlDbType.Text, static one => one.Key), Array(single, NpgsqlDbType.Text, static one => one.Model), Array(single, NpgsqlDbType.Text, static one => one.Provider), Array(single, NpgsqlDbType.Text, static one => one.Session),
        },
    };

    private static NpgsqlParameter Array<TRow, T>(List<TRow> rows, NpgsqlDbType type, Func<TRow, T> value) => new() { Value = rows.Select(value).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | type };

    [LoggerMessage(Level = LogLevel.Warning, Message = "Refusals could not be written; they are counted on, and the single ones are not kept")]
    private static partial void LogFailed(ILogger logger, Exception error);
}
