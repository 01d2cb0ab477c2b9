using System.Text.Json;
using AgentConsole.Access;
using AgentConsole.Platform;
using AgentConsole.Usage.Contents;
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
    /// <param name="access">Says whose texts are read; null: nobody's.</param>
    public static Result<List<Normalised>> Read(UsageFormat format, ReadOnlyMemory<byte> body, string? callerTenant, DateTimeOffset now, CurrentAccess? access = null)
    {
        var texts = new TextChoice(access, callerTenant);
        return format switch
        {
            UsageFormat.Native => Items(body, NativeNormaliser.Read, BodyTexts.OfNative, callerTenant, now, texts),
            UsageFormat.LiteLlm => Items(body, LiteLlmNormaliser.Read, BodyTexts.OfLiteLlm, callerTenant, now, texts),
            UsageFormat.OtlpProtobuf => Spans(OtlpProtobuf.Read(body, texts), Source(format), callerTenant, now, texts),
            UsageFormat.OtlpJson or UsageFormat.OpenRouter => Spans(OtlpJson.Read(body, texts), Source(format), callerTenant, now, texts),
            _ => throw new ArgumentOutOfRangeException(nameof(format)),
        };
    }

    private static Result<List<Normalised>> Items(
        ReadOnlyMemory<byte> bytes, Normalise normalise, Func<JsonElement, UsageContent?> readTexts, string? callerTenant, DateTimeOffset now, TextChoice texts)
    {
        var parsed = IngestBody.Parse(bytes);
        if (!parsed.Ok) return parsed.Error;
        using var body = parsed.Value;
        var items = new List<Normalised>(body.Items.Count);
        foreach (var (json, broken) in body.Items)
        {
            var item = json is { } element ? Item(normalise, element, callerTenant, now) : Normalised.Refused(null, null, broken!);
            if (texts.IsStored(item.Event)) item.Event!.Content = readTexts(json!.Value);
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
        return item.Error is null ? item : item with { Payload = RejectedUsage.Excerpt(WithoutTexts.Of(json)) };
    }

    /// <summary>Spans that are left out do not count against the limit: an exporter of a whole application sends mostly those.</summary>
    private static Result<List<Normalised>> Spans(Result<List<OtlpSpan>> spans, string source, string? callerTenant, DateTimeOffset now, TextChoice texts)
    {
        if (!spans.Ok) return spans.Error;
        var items = OtlpNormaliser.Read(spans.Value, source, callerTenant, now);
        foreach (var item in items)
            if (spans.Value[item.Index].Texts is { } said && texts.IsStored(item.Event)) item.Event!.Content = said.Read();
        return items.Count > IngestBody.MaxItems ? new BodyTooLarge($"More than {IngestBody.MaxItems:N0} spans to keep. Send them in several requests.") : items;
    }
}
