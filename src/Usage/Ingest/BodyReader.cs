using System.Runtime.InteropServices;
using System.Text.Json;
using AgentConsole.Platform;
using AgentConsole.Usage.Ingest.Otlp;

namespace AgentConsole.Usage.Ingest;

/// <summary>Body -> items -> what the ledger will have. One row per format.</summary>
internal static class BodyReader
{
    /// <summary>The ingestion path that a format stands for.</summary>
    public static string Source(UsageFormat format) => format switch
    {
        UsageFormat.Native => UsageSources.Native,
        UsageFormat.LiteLlm => UsageSources.LiteLlm,
        UsageFormat.OtlpProtobuf or UsageFormat.OtlpJson => UsageSources.Otlp,
        UsageFormat.OpenRouter => UsageSources.OpenRouter,
        _ => throw new ArgumentOutOfRangeException(nameof(format)),
    };

    /// <summary>Fails with <see cref="UnreadableBody"/> or <see cref="BodyTooLarge"/>.</summary>
    public static Result<List<Normalised>> Read(UsageFormat format, ReadOnlyMemory<byte> body, string? callerTenant, DateTimeOffset now) => format switch
    {
        UsageFormat.Native => Items(body, NativeNormaliser.Read, callerTenant, now),
        UsageFormat.LiteLlm => Items(body, LiteLlmNormaliser.Read, callerTenant, now),
        UsageFormat.OtlpProtobuf => Spans(OtlpProtobuf.Read(body), Source(format), callerTenant, now),
        UsageFormat.OtlpJson or UsageFormat.OpenRouter => Spans(OtlpJson.Read(body), Source(format), callerTenant, now),
        _ => throw new ArgumentOutOfRangeException(nameof(format)),
    };

    private static Result<List<Normalised>> Items(ReadOnlyMemory<byte> bytes, Normalise normalise, string? callerTenant, DateTimeOffset now)
    {
        var parsed = IngestBody.Parse(bytes);
        if (!parsed.Ok) return parsed.Error;
        using var body = parsed.Value;
        var items = new List<Normalised>(body.Items.Count);
        foreach (var (json, broken) in body.Items)
        {
            var item = json is { } element ? Item(normalise, element, callerTenant, now) : Normalised.Refused(null, null, broken!);
            items.Add(item with { Index = items.Count });
        }
        return items;
    }

    /// <summary>A field name or value that is no text (an escape of half a character) throws when it is looked at; that is this item's fault alone.</summary>
    private static Normalised Item(Normalise normalise, JsonElement json, string? callerTenant, DateTimeOffset now)
    {
        Normalised item;
        try
        {
            item = normalise(json, callerTenant, now);
        }
        catch (InvalidOperationException)
        {
            item = Normalised.Refused(null, null, "contains characters that are not text");
        }
        return item.Error is null ? item : item with { Payload = RejectedUsage.Excerpt(JsonMarshal.GetRawUtf8Value(json)) };
    }

    /// <summary>Spans that are left out do not count against the limit: an exporter of a whole application sends mostly those.</summary>
    private static Result<List<Normalised>> Spans(Result<List<OtlpSpan>> spans, string source, string? callerTenant, DateTimeOffset now)
    {
        if (!spans.Ok) return spans.Error;
        var items = OtlpNormaliser.Read(spans.Value, source, callerTenant, now);
        return items.Count > IngestBody.MaxItems ? new BodyTooLarge($"More than {IngestBody.MaxItems:N0} spans to keep. Send them in several requests.") : items;
    }
}
