using System.Globalization;
using System.Text.Json;
using AgentConsole.Access;
using AgentConsole.Latency;
using AgentConsole.Pricing;
using AgentConsole.Usage.Ingest.Dialects;

namespace AgentConsole.Usage.Ingest.Otlp;

/// <summary>Turns spans into usage events and hop timings. Which spans are which: <see cref="SpanRoles"/>; which attributes say what: <see cref="OtlpNames"/>.</summary>
internal sealed class OtlpNormaliser
{
    private const string OpenRouter = "openrouter";

    private readonly string _source;
    private readonly string? _callerTenant;
    private readonly DateTimeOffset _now;
    private readonly SpanTree _tree;

    private OtlpNormaliser(IReadOnlyList<OtlpSpan> spans, string source, string? callerTenant, DateTimeOffset now) =>
        (_source, _callerTenant, _now, _tree) = (source, callerTenant, now, new SpanTree(spans));

    /// <summary>What is to be kept of these spans; those about something else are left out.</summary>
    public static List<Normalised> Read(IReadOnlyList<OtlpSpan> spans, string source, string? callerTenant, DateTimeOffset now)
    {
        var normaliser = new OtlpNormaliser(spans, source, callerTenant, now);
        var items = new List<Normalised>();
        foreach (var span in spans)
            if (normaliser.Read(span) is { } item)
                items.Add(item);
        return items;
    }

    private Normalised? Read(OtlpSpan span)
    {
        var role = SpanRoles.Of(span);
        var fields = new SpanFields(span);
        var tenant = TenantOf(span, ref fields);
        var counts = role == SpanRole.Inference && Counts(span, ref fields);
        var isHop = role is not (SpanRole.Other or SpanRole.Inference) || span.Attributes.First(OtlpNames.HopName) is not null;
        if (!counts && !isHop && span.Unreadable is null) return null;
        CheckIdentity(span, ref fields);
        var usage = counts && fields.Error is null ? Event(span, tenant, ref fields) : null;
        var hop = isHop && fields.Error is null ? Hop(span, role, tenant, ref fields) : null;
        return fields.Error is { } error
            ? Normalised.Refused(span.Id, tenant, error) with { Index = span.Index, Payload = SpanExcerpt.Of(span) }
            : new(usage, span.Id, tenant, null) { Index = span.Index, Hop = hop };
    }

    /// <summary>See the second table of <see cref="SpanRoles"/>.</summary>
    private bool Counts(OtlpSpan span, ref SpanFields fields)
    {
        if (SpanRoles.HasUsage(span)) return !_tree.IsAboveUsage(span);
        if (_tree.IsAboveInference(span)) return false;
        if (StatusOf(span) == UsageStatus.Success) fields.Fail("has no token counts, so what it used is unknown");
        return true;
    }

    private string TenantOf(OtlpSpan span, ref SpanFields fields)
    {
        var tenant = _callerTenant ?? fields.Text(span.Resource, OtlpNames.Tenant) ?? fields.Text(OtlpNames.Tenant) ?? Tenant.Unassigned;
        if (!Tenant.IsValidId(tenant)) fields.Fail("tenant.id is not a tenant id");
        return tenant;
    }

    private void CheckIdentity(OtlpSpan span, ref SpanFields fields)
    {
        if (span.TraceId is null) fields.Fail("traceId is not 16 bytes that are not all zero, in JSON as hex");
        if (span.SpanId is null) fields.Fail("spanId is not 8 bytes that are not all zero, in JSON as hex");
        if (span.Start is not { } start) fields.Fail("startTimeUnixNano is required");
        else if (NativeNormaliser.OutOfRange(start, _now) is { } problem) fields.Fail($"startTimeUnixNano {problem}");
        if (span.End < span.Start) fields.Fail("endTimeUnixNano is before startTimeUnixNano");
    }

    private UsageEvent? Event(OtlpSpan span, string tenant, ref SpanFields fields)
    {
        var status = StatusOf(span);
        var model = fields.Text(OtlpNames.Model) ?? "";
        if (model.Length == 0 && status == UsageStatus.Success) fields.Fail("gen_ai.response.model or gen_ai.request.model is required");
        var provider = ProviderOf(ref fields, model);
        var usage = SpanUsage.Read(span, provider, ref fields, out var raw);
        return fields.Error is not null ? null : new UsageEvent
        {
            TenantId = tenant,
            Source = _source,
            Id = span.Id!,
            OccurredAt = span.Start!.Value,
            Provider = provider,
            Model = model,
            RequestedModel = fields.Text(OtlpNames.RequestedModel),
            Operation = OperationOf(span, ref fields),
            Status = status,
            HttpStatus = HttpStatus(span),
            Error = status == UsageStatus.Success ? null : SpanFields.Excerpt(span.StatusMessage, 1000) ?? SpanFields.Excerpt(span.Attributes.Text(OtlpNames.ErrorType), 1000),
            User = Inherited(span, OtlpNames.User, ref fields),
            Key = fields.Text(OtlpNames.Key),
            Team = fields.Text(OtlpNames.Team) ?? fields.Text(span.Resource, OtlpNames.Team),
            Session = Inherited(span, OtlpNames.Session, ref fields),
            Agent = Inherited(span, OtlpNames.Agent, ref fields),
            Tool = Inherited(span, OtlpNames.Tool, ref fields),
            Prompt = fields.Text(OtlpNames.Prompt),
            PromptVersion = fields.Text(OtlpNames.PromptVersion),
            Sandbox = fields.Text(OtlpNames.Sandbox) ?? fields.Text(span.Resource, OtlpNames.Sandbox),
            Tokens = usage.Tokens,
            ToolUses = usage.ToolUses is { Count: > 0 } uses ? JsonSerializer.Serialize(uses) : null,
            RawUsage = raw,
            UsageDialect = usage.Dialect,
            ServiceTier = fields.Text(OtlpNames.ServiceTier, 40) is { } tier && tier is not ("default" or "auto") ? tier : usage.ServiceTier ?? "standard",
            Region = usage.Region,
            CostReported = fields.Money(OtlpNames.Cost) ?? CostDetails(span),
            Conflicts = [.. usage.Conflicts],
            LatencyMs = Milliseconds(span.Start, span.End),
            TtftMs = FirstToken(span, ref fields),
            Stream = fields.Flag(OtlpNames.Stream) || (span.Attributes.Text(OtlpNames.SdkOperation) ?? span.Name).EndsWith(".doStream", StringComparison.Ordinal),
            Tags = Tags(span, ref fields),
        };
    }

    private static HopTiming? Hop(OtlpSpan span, SpanRole role, string tenant, ref SpanFields fields)
    {
        if (span.End is null) fields.Fail("endTimeUnixNano is required");
        var (kind, names) = role switch
        {
            SpanRole.Agent => (HopKind.Agent, OtlpNames.Agent),
            SpanRole.Tool => (HopKind.Tool, OtlpNames.Tool),
            SpanRole.Workflow => (HopKind.Workflow, OtlpNames.Workflow),
            _ => (HopKind.Stage, OtlpNames.Stage),
        };
        var name = SpanFields.Excerpt(span.Attributes.Text(OtlpNames.HopName) ?? span.Attributes.Text(names) ?? span.Name, HopTiming.MaxNameLength) ?? kind.Name();
        var (agent, session) = (fields.Text(OtlpNames.Agent), fields.Text(OtlpNames.Session));
        return fields.Error is not null ? null : new HopTiming
        {
            TenantId = tenant,
            TraceId = span.TraceId!,
            SpanId = span.SpanId!,
            ParentSpanId = span.ParentSpanId,
            Name = name,
            Kind = kind,
            StartedAt = span.Start!.Value,
            DurationUs = (span.End!.Value - span.Start.Value).Ticks / TimeSpan.TicksPerMicrosecond,
            Status = StatusOf(span),
            Agent = agent,
            Session = session,
        };
    }

    private static UsageStatus StatusOf(OtlpSpan span)
    {
        var error = span.Attributes.Text(OtlpNames.ErrorType);
        if (error is not null && (error.Contains("cancel", StringComparison.OrdinalIgnoreCase) || error == "aborted")) return UsageStatus.Cancelled;
        var failed = span.Failed || error is not null
            || string.Equals(span.Attributes.Text(OtlpNames.Level), "error", StringComparison.OrdinalIgnoreCase)
            || span.Attributes.Text(OtlpNames.FinishReason) == "error";
        return failed ? UsageStatus.Failure : UsageStatus.Success;
    }

    /// <summary>What came through OpenRouter is billed by it. The AI SDK appends the API: <c>openai.responses</c>. Without a name the maker of the model is taken.</summary>
    private string ProviderOf(ref SpanFields fields, string model)
    {
        if (_source == UsageSources.OpenRouter || fields.Text(OtlpNames.UpstreamProvider) is not null) return OpenRouter;
        if (fields.Text(OtlpNames.Provider) is not { } name) return Makers.Of(model);
        var dot = name.IndexOf('.', StringComparison.Ordinal);
        return dot > 0 && !Providers.IsKnown(name) && Providers.IsKnown(name[..dot]) ? Providers.Canonical(name[..dot]) : Providers.Canonical(name);
    }

    private static string? OperationOf(OtlpSpan span, ref SpanFields fields)
    {
        if (fields.Text(OtlpNames.Operation) is { } operation) return operation;
        var kind = span.Attributes.Text(OtlpNames.Kind) ?? span.Attributes.Text(OtlpNames.SdkOperation) ?? span.Name;
        return kind.Contains("embed", StringComparison.OrdinalIgnoreCase) ? "embeddings" : "chat";
    }

    private static int? HttpStatus(OtlpSpan span) =>
        (span.Attributes.Text(OtlpNames.HttpStatus) ?? span.Attributes.Text(OtlpNames.ErrorType)) is { Length: 3 } text
        && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var status) && status is >= 100 and < 600 ? status : null;

    /// <summary>The span's own, else that of the nearest span above it, else the resource's: agents and sessions are often told once, at the top.</summary>
    private string? Inherited(OtlpSpan span, string[] names, ref SpanFields fields)
    {
        if (fields.Text(names) is { } own) return own;
        foreach (var above in _tree.Above(span))
            if (fields.Text(above.Attributes, names) is { } inherited) return inherited;
        return fields.Text(span.Resource, names);
    }

    private static decimal? CostDetails(OtlpSpan span)
    {
        if (span.Attributes.Text(OtlpNames.CostDetails) is not { } text) return null;
        try
        {
            using var json = JsonDocument.Parse(text);
            var details = json.RootElement;
            if (Fields.Get(details, "total") is { } total) return Fields.TryGetDecimal(total, out var told) && told is >= 0 and < 1_000_000_000_000m ? Math.Round(told, 12) : null;
            return details.ValueKind == JsonValueKind.Object ? Math.Round(details.EnumerateObject().Sum(static part => Fields.TryGetDecimal(part.Value, out var amount) ? amount : 0), 12) : null;
        }
        catch (Exception error) when (error is JsonException or OverflowException)
        {
            return null;
        }
    }

    private static int? FirstToken(OtlpSpan span, ref SpanFields fields) =>
        fields.Milliseconds(OtlpNames.FirstChunkSeconds, 1000) ?? fields.Milliseconds(OtlpNames.FirstChunkMilliseconds, 1)
        ?? Milliseconds(span.Start, fields.Time(OtlpNames.FirstChunkAt) ?? span.FirstToken);

    private static int? Milliseconds(DateTimeOffset? from, DateTimeOffset? to) =>
        (to - from)?.TotalMilliseconds is >= 0 and <= int.MaxValue and var elapsed ? (int)Math.Round(elapsed) : null;

    private static string? Tags(OtlpSpan span, ref SpanFields fields)
    {
        var tags = new Dictionary<string, string>();
        foreach (var attributes in new[] { span.Resource, span.Attributes })
            foreach (var (name, value) in attributes.All)
                if (TagName(name) is { } tag && tags.Count < 50 && SpanFields.Excerpt(value.Text, 500) is { } text) tags[tag] = text;
        if (fields.Text(OtlpNames.UpstreamProvider) is { } upstream) tags["openrouter.provider"] = upstream;
        return tags.Count == 0 ? null : JsonSerializer.Serialize(tags);
    }

    private static string? TagName(string attribute)
    {
        if (Array.IndexOf(OtlpNames.Tags, attribute) >= 0) return attribute;
        return attribute.StartsWith(OtlpNames.TagPrefix, StringComparison.Ordinal) && attribute.Length - OtlpNames.TagPrefix.Length is > 0 and <= 100 && !attribute.Contains('\0')
            ? attribute[OtlpNames.TagPrefix.Length..] : null;
    }
}
