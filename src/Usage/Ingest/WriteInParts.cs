using System.Text;
using System.Text.Json;
using Npgsql;

namespace AgentConsole.Usage.Ingest;

/// <summary>
/// Writes a batch that the store refuses as a whole: halves it until what is refused stands alone, keeps that as rejected with its error, and writes the rest.
/// One culprit costs two dozen small transactions at most. A store that goes away meanwhile ends it; what was written by then is a duplicate when it is sent again.
/// </summary>
internal sealed partial class WriteInParts(LedgerTransaction ledger, TimeProvider time, ILogger<WriteInParts> logger)
{
    /// <summary>Why the data is at fault, and not the server or our code; null when it is not: SQLSTATE classes 21 to 23, a value too large (54), or text that the driver cannot write.</summary>
    public static string? DataError(Exception error) => error switch
    {
        PostgresException { SqlState: ['2', '3', ..] } refused => $"the store refuses it: it breaks a rule of the ledger ({refused.SqlState})",
        PostgresException { SqlState: ['2', '1' or '2', ..] } refused => $"the store refuses it: a value is malformed or out of range ({refused.SqlState})",
        PostgresException { SqlState: ['5', '4', ..] } refused => $"the store refuses it: a value is too large ({refused.SqlState})",
        EncoderFallbackException => "the store refuses it: it contains characters that are not text",
        _ => null,
    };

    public async Task<WrittenBatch> ExecuteAsync(IngestBatch batch, CancellationToken cancellationToken)
    {
        var refused = new List<RefusedItem>();
        var duplicates = await WriteAsync(batch, refused, cancellationToken);
        foreach (var item in refused) await KeepAsync(item, cancellationToken);
        return new(duplicates, refused);
    }

    private async Task<int> WriteAsync(IngestBatch part, List<RefusedItem> refused, CancellationToken cancellationToken)
    {
        try
        {
            return (await ledger.WriteAsync([part], cancellationToken))[0];
        }
        catch (Exception error) when (DataError(error) is { } reason)
        {
            if (part.Size > 1)
            {
                var (first, second) = part.Halves();
                return await WriteAsync(first, refused, cancellationToken) + await WriteAsync(second, refused, cancellationToken);
            }
            LogRefused(logger, error, part.Events.FirstOrDefault()?.TenantId ?? part.Hops.FirstOrDefault()?.TenantId);
            // A rejection that cannot be kept is in the log; its sender is told all the same.
            if (part.Rejected.Count == 0) refused.Add(new(part.Events.FirstOrDefault(), part.Hops.FirstOrDefault(), reason));
            return 0;
        }
    }

    /// <summary>As JSON, which has an escape for everything that the store refuses as text.</summary>
    private async Task KeepAsync(RefusedItem item, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var rejection = new RejectedUsage
        {
            TenantId = item.Event?.TenantId ?? item.Hop!.TenantId,
            RejectionId = Guid.CreateVersion7(now),
            ReceivedAt = now,
            Source = item.Event?.Source ?? UsageSources.Otlp,
            EventId = JsonSerializer.Serialize(item.Event?.Id ?? item.Hop!.SpanId).Trim('"'),
            Error = item.Error,
            Payload = RejectedUsage.Excerpt(WithoutTexts.Of(item.Event is { } usage ? JsonSerializer.SerializeToElement(usage) : JsonSerializer.SerializeToElement(item.Hop))),
        };
        await ledger.WriteAsync([new IngestBatch([], [rejection])], cancellationToken);
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "The store refuses an item of tenant {Tenant} that passed every check; it is rejected")]
    private static partial void LogRefused(ILogger logger, Exception error, string? tenant);
}
