using AgentConsole.Access;
using AgentConsole.Latency;
using AgentConsole.Platform;
using AgentConsole.Pricing;
using AgentConsole.Usage.Ingest;

namespace AgentConsole.Usage;

/// <summary>How a body says what was used.</summary>
public enum UsageFormat { Native, LiteLlm, OtlpProtobuf, OtlpJson, OpenRouter }

/// <summary>Who sends usage.</summary>
/// <param name="Tenant">The key's tenant, which every event then belongs to; null for a platform key, whose events name theirs.</param>
public sealed record IngestCaller(string? Tenant);

/// <summary>What became of each item of a body. Given only after the store has committed it.</summary>
public sealed record IngestAnswer(int Accepted, int Duplicates, IReadOnlyList<RejectedAnswer> Rejected);

/// <param name="Index">The item's place in the body, from 0.</param>
public sealed record RejectedAnswer(int Index, string? Id, string Error);

/// <summary>Takes usage in: body -> items -> events and hops -> prices -> ledger.</summary>
public sealed class IngestUsage
{
    private readonly UsageWriter _writer;
    private readonly CurrentPrices _prices;
    private readonly TimeProvider _time;

    internal IngestUsage(UsageWriter writer, CurrentPrices prices, TimeProvider time) => (_writer, _prices, _time) = (writer, prices, time);

    /// <summary>Fails with <see cref="UnreadableBody"/>, <see cref="BodyTooLarge"/>, <see cref="Overloaded"/> or <see cref="StoreUnavailable"/>; then nothing is acknowledged.</summary>
    public async Task<Result<IngestAnswer>> ExecuteAsync(UsageFormat format, ReadOnlyMemory<byte> body, IngestCaller caller, CancellationToken cancellationToken)
    {
        var now = _time.GetUtcNow();
        var read = BodyReader.Read(format, body, caller.Tenant, now);
        if (!read.Ok) return read.Error;
        var batch = Batch(BodyReader.Source(format), read.Value, caller, now);
        var written = await _writer.WriteAsync(batch, cancellationToken);
        if (!written.Ok) return written.Error;
        var rejected = read.Value.Where(static item => item.Error is not null).Select(static item => new RejectedAnswer(item.Index, item.Id, item.Error!));
        return new IngestAnswer(batch.Events.Count - written.Value, written.Value, [.. rejected]);
    }

    private IngestBatch Batch(string source, List<Normalised> items, IngestCaller caller, DateTimeOffset now)
    {
        var book = _prices.Book;
        var events = new List<UsageEvent>(items.Count);
        var rejected = new List<RejectedUsage>();
        var hops = new List<HopTiming>();
        foreach (var item in items)
        {
            if (item.Error is not null) rejected.Add(Reject(source, item, caller, now));
            if (item.Hop is { } hop) hops.Add(hop);
            if (item.Event is not { } usage) continue;
            Price(usage, book);
            events.Add(usage);
        }
        return new IngestBatch(events, rejected, hops);
    }

    /// <summary>Nothing used costs nothing; anything else costs what the price book says, or is unpriced.</summary>
    private static void Price(UsageEvent usage, PriceBook book)
    {
        (usage.Cost, usage.PriceId) = UsageCost.Of(usage.ToConsumption(), usage.Status, book);
        if (UsageCost.Differs(usage.Cost, usage.CostReported)) usage.Conflicts = [.. usage.Conflicts, UsageCost.ReportedDiffers];
    }

    private static RejectedUsage Reject(string source, Normalised item, IngestCaller caller, DateTimeOffset now)
    {
        var tenant = caller.Tenant ?? item.Tenant;
        return new()
        {
            TenantId = tenant is not null && Tenant.IsValidId(tenant) ? tenant : Tenant.Unassigned,
            RejectionId = Guid.CreateVersion7(now),
            ReceivedAt = now,
            Source = source,
            EventId = item.Id,
            Error = item.Error!,
            Payload = item.Payload,
        };
    }
}
