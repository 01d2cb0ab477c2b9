using System.Threading.Channels;
using AgentConsole.Platform;
using AgentConsole.Platform.Data;
using Npgsql;
using NpgsqlTypes;

namespace AgentConsole.Limits.Truth;

/// <summary>
/// Writes down what senders settled, several at once; each is answered after the commit. What the store does not take is told to its sender, kept, and tried again each second:
/// up to so many; then it is only with its sender and the counters.
/// </summary>
internal sealed partial class Settlements(Database database, CheckSoon soon, ILogger<Settlements> logger) : LastingService(logger)
{
    private const int PerTransaction = 500;
    private const int MostWaiting = 100_000;
    private static readonly TimeSpan TryAgain = TimeSpan.FromSeconds(1);

    private const string Insert = """
        INSERT INTO limit_settlements (tenant_id, request_id, reserved_at, settled_at, team, user_id, key_id, model, provider, session, tokens, cost)
        SELECT * FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) ON CONFLICT DO NOTHING
        """;

    private readonly Channel<Item> _queue = Channel.CreateBounded<Item>(MostWaiting);
    private readonly Queue<LimitSettlement> _late = new();

    private sealed record Item(LimitSettlement Settlement, TaskCompletionSource<bool> Written);

    /// <summary>False: not written yet.</summary>
    public Task<bool> WriteAsync(LimitSettlement settlement)
    {
        var item = new Item(settlement, new(TaskCreationOptions.RunContinuationsAsynchronously));
        return _queue.Writer.TryWrite(item) ? item.Written.Task : Task.FromResult(false);
    }

    protected override async Task WorkAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            using var waiting = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
            if (_late.Count > 0) waiting.CancelAfter(TryAgain);
            try
            {
                await _queue.Reader.WaitToReadAsync(waiting.Token);
            }
            catch (OperationCanceledException) when (!stoppingToken.IsCancellationRequested)
            {
            }
            await WriteWaitingAsync(stoppingToken);
        }
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await WriteWaitingAsync(cancellationToken);
        while (_queue.Reader.TryRead(out var item)) item.Written.TrySetResult(false);
    }

    private async Task WriteWaitingAsync(CancellationToken cancellationToken)
    {
        var items = new List<Item>();
        while (items.Count < PerTransaction && _queue.Reader.TryRead(out var item)) items.Add(item);
        List<LimitSettlement> all = [.. _late.Take(PerTransaction), .. items.Select(static item => item.Settlement)];
        if (all.Count == 0) return;
        var late = all.Count - items.Count;
        var isWritten = await TryWriteAsync(all, cancellationToken);
        // The counters may have been loaded without them.
        if (isWritten) for (var index = 0; index < late; index++) soon.Ask(_late.Dequeue().TenantId);
        else foreach (var item in items.Take(MostWaiting - _late.Count)) _late.Enqueue(item.Settlement);
        foreach (var item in items) item.Written.TrySetResult(isWritten);
    }

    private async Task<bool> TryWriteAsync(List<LimitSettlement> settlements, CancellationToken cancellationToken)
    {
        try
        {
            await using var session = await database.BeginAsync(Reach.Platform, cancellationToken);
            await using var command = new NpgsqlCommand(Insert, session.Connection);
            Add(NpgsqlDbType.Text, static row => row.TenantId);
            Add(NpgsqlDbType.Text, static row => row.RequestId);
            Add(NpgsqlDbType.TimestampTz, static row => row.ReservedAt.UtcDateTime);
            Add(NpgsqlDbType.TimestampTz, static row => row.SettledAt.UtcDateTime);
            Add(NpgsqlDbType.Text, static row => row.Team);
            Add(NpgsqlDbType.Text, static row => row.User);
            Add(NpgsqlDbType.Text, static row => row.Key);
            Add(NpgsqlDbType.Text, static row => row.Model);
            Add(NpgsqlDbType.Text, static row => row.Provider);
            Add(NpgsqlDbType.Text, static row => row.Session);
            Add(NpgsqlDbType.Bigint, static row => row.Tokens);
            Add(NpgsqlDbType.Numeric, static row => row.Cost);
            await command.ExecuteNonQueryAsync(cancellationToken);
            await session.CommitAsync(cancellationToken);
            return true;

            void Add<T>(NpgsqlDbType type, Func<LimitSettlement, T> value) => command.Parameters.Add(new() { Value = settlements.Select(value).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | type });
        }
        catch (Exception error) when (error is NpgsqlException or TimeoutException or InvalidOperationException or OperationCanceledException)
        {
            LogFailed(Log, error, settlements.Count);
            return false;
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Count} settlements were not written; they are tried again in a second")]
    private static partial void LogFailed(ILogger logger, Exception error, int count);
}
