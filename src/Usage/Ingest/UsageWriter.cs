using System.Threading.Channels;
using AgentConsole.Platform;
using AgentConsole.Platform.Live;
using AgentConsole.Shell;
using Npgsql;

namespace AgentConsole.Usage.Ingest;

/// <summary>
/// The one queue between callers and the ledger. Writers take what is waiting, of several callers at once, and commit it in one transaction; each caller is answered after that commit.
/// Full: the caller is told to come back (<see cref="Overloaded"/>). Store gone: every caller of the group is told so (<see cref="StoreUnavailable"/>), and nothing was acknowledged.
/// Data that the store refuses: each batch alone, and of the one at fault what is refused is rejected (<see cref="WriteInParts"/>).
/// </summary>
internal sealed partial class UsageWriter(LedgerTransaction ledger, WriteInParts parts, UsageOptions options, IChangeFeed changes, TakenUsage taken, ILogger<UsageWriter> logger) : LastingService(logger)
{
    private static readonly TimeSpan RetryOverload = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan RetryStore = TimeSpan.FromSeconds(5);

    private readonly Channel<IngestBatch> _queue = Channel.CreateUnbounded<IngestBatch>();
    private int _waiting;

    /// <summary>Events taken in and not yet committed.</summary>
    public int Waiting => Volatile.Read(ref _waiting);

    public async Task<Result<WrittenBatch>> WriteAsync(IngestBatch batch, CancellationToken cancellationToken)
    {
        if (batch.Size == 0) return new WrittenBatch(0, []);
        // An empty queue takes any body: one larger than the queue would otherwise be sent again for ever.
        var waiting = Interlocked.Add(ref _waiting, batch.Size);
        if ((waiting > options.QueueCapacity && waiting > batch.Size) || !_queue.Writer.TryWrite(batch))
        {
            Interlocked.Add(ref _waiting, -batch.Size);
            return new Overloaded(RetryOverload);
        }
        return await batch.Written.WaitAsync(cancellationToken);
    }

    protected override Task WorkAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(Enumerable.Range(0, options.Writers).Select(_ => Task.Run(() => WriteGroupsAsync(stoppingToken), CancellationToken.None)));

    /// <summary>What is queued when the app stops is still written: its callers are waiting.</summary>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        _queue.Writer.TryComplete();
        await (ExecuteTask ?? Task.CompletedTask).WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await base.StopAsync(cancellationToken);
        while (_queue.Reader.TryRead(out var batch)) batch.Complete(new StoreUnavailable(RetryStore));
    }

    private async Task WriteGroupsAsync(CancellationToken stoppingToken)
    {
        while (await _queue.Reader.WaitToReadAsync(CancellationToken.None))
        {
            var group = TakeGroup();
            if (group.Count == 0) continue;
            await WriteGroupAsync(group, stoppingToken);
            Interlocked.Add(ref _waiting, -group.Sum(static batch => batch.Size));
        }
    }

    private List<IngestBatch> TakeGroup()
    {
        var group = new List<IngestBatch>();
        var size = 0;
        while (size < options.GroupSize && _queue.Reader.TryRead(out var batch))
        {
            group.Add(batch);
            size += batch.Size;
        }
        return group;
    }

    private async Task WriteGroupAsync(List<IngestBatch> group, CancellationToken stoppingToken)
    {
        try
        {
            var duplicates = await ledger.WriteAsync(group, stoppingToken);
            for (var index = 0; index < group.Count; index++) group[index].Complete(new WrittenBatch(duplicates[index], []));
            Signal(group);
        }
        catch (Exception error) when (!IsOfTheStore(error) && group.Count > 1)
        {
            LogSplit(Log, error, group.Count);
            foreach (var batch in group) await WriteGroupAsync([batch], stoppingToken);
        }
        catch (Exception error) when (WriteInParts.DataError(error) is not null)
        {
            await WritePartsAsync(group[0], stoppingToken);
        }
        catch (Exception error)
        {
            Fail(group, error);
        }
    }

    private async Task WritePartsAsync(IngestBatch batch, CancellationToken stoppingToken)
    {
        try
        {
            batch.Complete(await parts.ExecuteAsync(batch, stoppingToken));
        }
        catch (Exception error)
        {
            Fail([batch], error);
        }
        Signal([batch]);
    }

    private void Fail(List<IngestBatch> group, Exception error)
    {
        LogFailed(Log, error, group.Count);
        foreach (var batch in group) batch.Complete(new StoreUnavailable(RetryStore));
    }

    private void Signal(List<IngestBatch> group)
    {
        foreach (var tenant in group.SelectMany(static batch => batch.Events).Select(static usage => usage.TenantId).Distinct())
            changes.Signal(Topics.Usage(tenant));
        changes.Signal(Topics.AllUsage);
        foreach (var batch in group) taken.Tell(batch.Events);
    }

    /// <summary>Then every batch would fail in the same way. Anything else is one batch's fault, and the others of the group must not suffer for it.</summary>
    private static bool IsOfTheStore(Exception error) => error is (NpgsqlException or OperationCanceledException) && WriteInParts.DataError(error) is null;

    [LoggerMessage(Level = LogLevel.Error, Message = "A group of {Batches} batches was not written; its callers are told to send it again")]
    private static partial void LogFailed(ILogger logger, Exception error, int batches);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The store refused data in a group of {Batches} batches; writing them one by one")]
    private static partial void LogSplit(ILogger logger, Exception error, int batches);
}
