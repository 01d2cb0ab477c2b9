using System.Runtime.InteropServices;
using System.Text.Json;
using AgentConsole.Access;
using AgentConsole.Platform;
using AgentConsole.Pricing;
using AgentConsole.Usage.Ingest;

namespace AgentConsole.Usage;

/// <summary>How a body says what was used.</summary>
public enum UsageFormat { Native, LiteLlm }

/// <summary>Who sends usage.</summary>
/// <param name="Tenant">The key's tenant, which every event then belongs to; null for a platform key, whose events name theirs.</param>
public sealed record IngestCaller(string? Tenant);

/// <summary>What became of each item of a body. Given only after the store has committed it.</summary>
public sealed record IngestAnswer(int Accepted, int Duplicates, IReadOnlyList<RejectedAnswer> Rejected);

/// <param name="Index">The item's place in the body, from 0.</param>
public sealed record RejectedAnswer(int Index, string? Id, string Error);

/// <summary>Takes usage in: body -> items -> events -> prices -> ledger.</summary>
public sealed class IngestUsage
{
    private readonly UsageWriter _writer;
    private readonly CurrentPrices _prices;
    private readonly TimeProvider _time;

    internal IngestUsage(UsageWriter writer, CurrentPrices prices, TimeProvider time) => (_writer, _prices, _time) = (writer, prices, time);

    /// <summary>Fails with <see cref="UnreadableBody"/>, <see cref="BodyTooLarge"/>, <see cref="Overloaded"/> or <see cref="StoreUnavailable"/>; then nothing is acknowledged.</summary>
    public async Task<Result<IngestAnswer>> ExecuteAsync(UsageFormat format, ReadOnlyMemory<byte> body, IngestCaller caller, CancellationToken cancellationToken)
    {
        var parsed = IngestBody.Parse(body);
        if (!parsed.Ok) return parsed.Error;
        using var items = parsed.Value;
        var (batch, rejected) = Read(format, items, caller);
        var written = await _writer.WriteAsync(batch, cancellationToken);
        if (!written.Ok) return written.Error;
        return new IngestAnswer(batch.Events.Count - written.Value, written.Value, rejected);
    }

    private (IngestBatch Batch, List<RejectedAnswer> Rejected) Read(UsageFormat format, IngestBody body, IngestCaller caller)
    {
        var now = _time.GetUtcNow();
        var book = _prices.Book;
        var (source, normalise) = Profile(format);
        var events = new List<UsageEvent>(body.Items.Count);
        var kept = new List<RejectedUsage>();
        var rejected = new List<RejectedAnswer>();
        for (var index = 0; index < body.Items.Count; index++)
        {
            var (json, broken) = body.Items[index];
            var item = json is { } element ? Read(normalise, element, caller, now) : Normalised.Refused(null, null, broken!);
            if (item.Event is { } usage)
            {
                Price(usage, book);
                events.Add(usage);
                continue;
            }
            rejected.Add(new(index, item.Id, item.Error!));
            kept.Add(Reject(source, item, json, caller, now));
        }
        return (new IngestBatch(events, kept), rejected);
    }

    /// <summary>A field name or value that is no text (an escape of half a character) throws when it is looked at; that is this item's fault alone.</summary>
    private static Normalised Read(Normalise normalise, JsonElement item, IngestCaller caller, DateTimeOffset now)
    {
        try
        {
            return normalise(item, caller.Tenant, now);
        }
        catch (InvalidOperationException)
        {
            return Normalised.Refused(null, null, "contains characters that are not text");
        }
    }

    private static (string Source, Normalise Normalise) Profile(UsageFormat format) => format switch
    {
        UsageFormat.Native => (UsageSources.Native, NativeNormaliser.Read),
        UsageFormat.LiteLlm => (UsageSources.LiteLlm, LiteLlmNormaliser.Read),
        _ => throw new ArgumentOutOfRangeException(nameof(format)),
    };

    /// <summary>Nothing used costs nothing; anything else costs what the price book says, or is unpriced.</summary>
    private static void Price(UsageEvent usage, PriceBook book)
    {
        if (book.Price(usage.ToConsumption()) is { } priced)
        {
            usage.Cost = priced.Cost;
            usage.PriceId = priced.PriceId;
        }
        else if (usage.Status != UsageStatus.Success && usage.Tokens.Total == 0 && usage.ToolUses is null)
        {
            usage.Cost = 0;
        }
        if (usage.Cost is { } cost && usage.CostReported is { } reported && Math.Abs(cost - reported) > Math.Max(0.000001m, cost * 0.01m))
            usage.Conflicts = [.. usage.Conflicts, "reported_cost_differs"];
    }

    private static RejectedUsage Reject(string source, Normalised item, JsonElement? json, IngestCaller caller, DateTimeOffset now)
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
            Payload = json is { } element ? RejectedUsage.Excerpt(JsonMarshal.GetRawUtf8Value(element)) : null,
        };
    }
}
