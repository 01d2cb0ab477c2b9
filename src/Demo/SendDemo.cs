using System.Buffers;
using AgentConsole.Access;
using AgentConsole.Demo.Traffic;
using AgentConsole.Platform;
using AgentConsole.Usage;

namespace AgentConsole.Demo;

/// <summary>Sends demo requests the way everyone's are taken in, again and again until the store has them; sending twice is harmless.</summary>
internal sealed partial class SendDemo(IngestUsage ingest, TimeProvider time, ILogger<SendDemo> logger)
{
    public const int BatchSize = 1_000;

    /// <summary>In the order given, a batch at a time: what is stored is always a beginning of it.</summary>
    public async Task ExecuteAsync(IReadOnlyList<DemoEvent> events, CancellationToken cancellationToken)
    {
        var body = new ArrayBufferWriter<byte>(BatchSize * 1_024);
        for (var start = 0; start < events.Count; start += BatchSize)
        {
            body.ResetWrittenCount();
            DemoJson.WriteArray(body, events.Skip(start).Take(BatchSize));
            await SendAsync(body.WrittenMemory, cancellationToken);
        }
    }

    private async Task SendAsync(ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        while (true)
        {
            var answer = await ingest.ExecuteAsync(UsageFormat.Native, body, Caller.System, cancellationToken);
            if (answer.Ok)
            {
                if (answer.Value.Rejected is [var first, ..]) LogRejected(logger, answer.Value.Rejected.Count, first.Error);
                return;
            }
            await Task.Delay(Patience(answer.Error), time, cancellationToken);
        }
    }

    private TimeSpan Patience(Error error)
    {
        LogWaiting(logger, error.Code);
        return error switch
        {
            Overloaded overloaded => overloaded.RetryAfter,
            StoreUnavailable unavailable => unavailable.RetryAfter,
            _ => throw new InvalidOperationException(error.Message),
        };
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Count} demo requests were rejected, the first because: {Reason}")]
    private static partial void LogRejected(ILogger logger, int count, string reason);

    [LoggerMessage(Level = LogLevel.Debug, Message = "The demo waits: {Code}")]
    private static partial void LogWaiting(ILogger logger, string code);
}
