using AgentConsole.Access;
using AgentConsole.Latency;
using AgentConsole.Platform;
using AgentConsole.Pricing;
using AgentConsole.Usage.Ingest;

namespace AgentConsole.Usage;

/// <summary>How a body says what was used.</summary>
public enum UsageFormat { Native, LiteLlm, OtlpProtobuf, OtlpJson, OpenRouter }

/// <summary>What became of each item of a body. Given only after the store has committed it.</summary>
public sealed record IngestAnswer(int Accepted, int Duplicates, IReadOnlyList<RejectedAnswer> Rejected);

/// <param name="Index">The item's place in the body, from 0.</param>
public sealed record RejectedAnswer(int Index, string? Id, string Error);

/// <summary>Takes usage in: body -> items -> events and hops -> prices -> ledger.</summary>
public sealed class IngestUsage
{
    private readonly UsageWriter _writer;
    private readonly CurrentPrices _prices;
    private readonly CurrentAccess _access;
    private readonly TimeProvider _time;

    internal IngestUsage(UsageWriter writer, CurrentPrices prices, CurrentAccess access, TimeProvider time) => (_writer, _prices, _access, _time) = (writer, prices, access, time);

    /// <summary>
    /// Every event belongs to the caller's tenant; those of a caller of the platform name theirs. Fails with <see cref="NotAllowed"/>, <see cref="TenantIsSuspended"/>, <see cref="UnreadableBody"/>, <see cref="BodyTooLarge"/>, <see cref="Overloaded"/> or <see cref="StoreUnavailable"/>; then nothing is acknowledged.
    /// </summary>
    public async Task<Result<IngestAnswer>> ExecuteAsync(UsageFormat format, ReadOnlyMemory<byte> body, Caller caller, CancellationToken cancellationToken)
    {
        var reach = caller.ReachOf(Permission.IngestUsage);
        if (!reach.IsPlatform && reach.Only is null) return new NotAllowed();
        var now = _time.GetUtcNow();
        var read = BodyReader.Read(format, body, reach.Only, now, _access);
        if (!read.Ok) return read.Error;
        if (RefuseSuspended(read.Value, reach.Only) is { } suspended) return new TenantIsSuspended(suspended);
        var batch = Batch(BodyReader.Source(format), read.Value, reach.Only, now);
        var written = await _writer.WriteAsync(batch, cancellationToken);
        if (!written.Ok) return written.Error;
        return Answer(read.Value, batch, written.Value);
    }

    /// <summary>An event that the store took is accepted, even when it refused the hop beside it.</summary>
    private static IngestAnswer Answer(List<Normalised> items, IngestBatch batch, WrittenBatch written)
    {
        var errors = written.Refused.Count == 0 ? null : written.Refused.ToDictionary(static refused => (object?)refused.Event ?? refused.Hop!, static refused => refused.Error);
        var rejected = new List<RejectedAnswer>();
        foreach (var item in items)
        {
            string? refusal = null;
            if (errors is not null && ((object?)item.Event ?? item.Hop) is { } sent) errors.TryGetValue(sent, out refusal);
            if ((item.Error ?? refusal) is { } error) rejected.Add(new(item.Index, item.Id, error));
        }
        var refusedEvents = written.Refused.Count(static refused => refused.Event is not null);
        return new(batch.Events.Count - written.Duplicates - refusedEvents, written.Duplicates, rejected);
    }

    /// <summary>Refuses items of tenants that are suspended; one such tenant when there are no others, so that the body as a whole is refused and nothing of it kept.</summary>
    private string? RefuseSuspended(List<Normalised> items, string? keyTenant)
    {
        var refused = 0;
        string? suspended = null;
        for (var index = 0; index < items.Count; index++)
        {
            var item = items[index];
            var tenant = keyTenant ?? item.Event?.TenantId ?? item.Hop?.TenantId ?? item.Tenant;
            if (!_access.IsSuspended(tenant)) continue;
            (suspended, refused) = (tenant, refused + 1);
            items[index] = Normalised.Refused(item.Id, tenant, new TenantIsSuspended(tenant!).Message) with { Index = item.Index, Payload = item.Payload };
        }
        return refused > 0 && refused == items.Count ? suspended : null;
    }

    private IngestBatch Batch(string source, List<Normalised> items, string? keyTenant, DateTimeOffset now)
    {
        var book = _prices.Book;
        var events = new List<UsageEvent>(items.Count);
        var rejected = new List<RejectedUsage>();
        var hops = new List<HopTiming>();
        foreach (var item in items)
        {
            if (item.Error is not null) rejected.Add(Reject(source, item, keyTenant, now));
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

    private static RejectedUsage Reject(string source, Normalised item, string? keyTenant, DateTimeOffset now)
    {
        var tenant = keyTenant ?? item.Tenant;
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
