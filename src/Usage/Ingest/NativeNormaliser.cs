using System.Text.Json;
using AgentConsole.Access;
using AgentConsole.Platform;
using AgentConsole.Pricing;
using AgentConsole.Usage.Ingest.Dialects;

namespace AgentConsole.Usage.Ingest;

/// <summary>The native event of the public contract.</summary>
internal static class NativeNormaliser
{
    private static readonly TimeSpan MaxFuture = TimeSpan.FromMinutes(10);
    private static readonly DateTimeOffset Earliest = new(2000, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public static Normalised Read(JsonElement item, string? callerTenant, DateTimeOffset now)
    {
        var fields = new Fields(item);
        var id = fields.Required("id", fields.Id("id"));
        var tenant = callerTenant ?? fields.Text("tenant", Tenant.MaxIdLength) ?? Tenant.Unassigned;
        if (!Tenant.IsValidId(tenant)) fields.Fail("tenant is not a tenant id");
        var occurredAt = Time(ref fields, "occurredAt", now);
        var status = Status(ref fields);
        var provider = Name(ref fields, "provider", status);
        var model = Name(ref fields, "model", status);
        var usage = Usage(ref fields, provider, status);
        var prompt = fields.Get("prompt") ?? default;
        var usageEvent = fields.Error is not null ? null : new UsageEvent
        {
            TenantId = tenant,
            Source = UsageSources.Native,
            Id = id!,
            OccurredAt = occurredAt,
            Provider = Providers.Canonical(provider),
            Model = model,
            RequestedModel = fields.Text("requestedModel"),
            Operation = fields.Text("operation"),
            Status = status,
            HttpStatus = fields.Integer("httpStatus"),
            Error = Fields.Excerpt(fields.Get("error"), 1000),
            User = fields.Text("user"),
            Key = fields.Text("key"),
            Team = fields.Text("team"),
            Session = fields.Id("session"),
            Thread = fields.Id("thread"),
            Agent = fields.Text("agent"),
            Tool = fields.Text("tool"),
            Prompt = fields.Text(prompt, "name"),
            PromptVersion = fields.Text(prompt, "version"),
            Sandbox = fields.Text("sandbox"),
            Tokens = usage.Tokens,
            ToolUses = usage.ToolUses is { Count: > 0 } uses ? JsonSerializer.Serialize(uses) : null,
            RawUsage = KeptRaw(ref fields),
            UsageDialect = usage.Dialect,
            ServiceTier = fields.Text("serviceTier", 40) ?? usage.ServiceTier ?? "standard",
            Batch = fields.Flag("batch"),
            Region = fields.Text("region", 40) ?? usage.Region,
            CostReported = fields.Money("costReported"),
            Conflicts = [.. usage.Conflicts],
            LatencyMs = fields.Milliseconds("latencyMs"),
            TtftMs = fields.Milliseconds("ttftMs"),
            Stream = fields.Flag("stream"),
            AttemptCount = AttemptCount(fields.Get("attempts"), status),
            Attempts = fields.Json("attempts", JsonValueKind.Array, 64 * 1024),
            Hops = fields.Json("hops", JsonValueKind.Array, 64 * 1024),
            Tags = Tags(ref fields),
        };
        return fields.Error is { } error ? Normalised.Refused(id, tenant, error) : new(usageEvent, id, tenant, null);
    }

    internal static string? OutOfRange(DateTimeOffset at, DateTimeOffset now) =>
        at > now + MaxFuture ? "is more than 10 minutes in the future" : at < Earliest ? "is before the year 2000" : null;

    private static DateTimeOffset Time(ref Fields fields, string name, DateTimeOffset now)
    {
        if (fields.Required(name, fields.Id(name)) is not { } text) return default;
        if (!IsoTime.TryParse(text, out var at)) fields.Fail($"{name} is not an ISO 8601 time");
        else if (OutOfRange(at, now) is { } problem) fields.Fail($"{name} {problem}");
        return at;
    }

    private static UsageStatus Status(ref Fields fields)
    {
        if (fields.Text("status") is not { } text) return UsageStatus.Success;
        if (UsageStatuses.Parse(text) is { } status) return status;
        fields.Fail("status is not one of success, failure, cancelled, denied");
        return UsageStatus.Success;
    }

    /// <summary>A request that did not succeed may have ended before a provider or model was known.</summary>
    private static string Name(ref Fields fields, string name, UsageStatus status) =>
        (status == UsageStatus.Success ? fields.Required(name) : fields.Text(name)) ?? "";

    private static RawUsageReading Usage(ref Fields fields, string provider, UsageStatus status)
    {
        var none = new RawUsageReading(default, null, [], null, null, null, null);
        if (fields.Get("usage") is { } usage) return none with { Tokens = Tokens(ref fields, usage), Dialect = fields.Text("usageDialect") };
        if (fields.Get("rawUsage") is not { } raw)
        {
            if (status == UsageStatus.Success) fields.Fail("usage or rawUsage is required");
            return none;
        }
        if (fields.Error is not null) return none;
        var reading = RawUsage.Read(raw, fields.Text("usageDialect"), Providers.Canonical(provider));
        if (reading.Error is { } error) fields.Fail($"rawUsage: {error}");
        return reading;
    }

    private static string? KeptRaw(ref Fields fields)
    {
        if (fields.Get("rawUsage") is not { } raw) return null;
        if (raw.ValueKind == JsonValueKind.Object) return fields.Usage(raw, "rawUsage", 64 * 1024);
        fields.Fail("rawUsage is not an object");
        return null;
    }

    private static TokenCounts Tokens(ref Fields fields, JsonElement usage)
    {
        var tokens = default(TokenCounts);
        if (usage.ValueKind != JsonValueKind.Object) fields.Fail("usage is not an object");
        else
        {
            foreach (var bucket in TokenCounts.Buckets)
                if (fields.Count(usage, bucket.Name(), $"usage.{bucket.Name()}") is { } count) tokens = tokens.With(bucket, count);
        }
        return tokens;
    }

    /// <summary>The attempts tell what failed before; the one that succeeded may be among them or not.</summary>
    private static int AttemptCount(JsonElement? told, UsageStatus status)
    {
        if (told is not { ValueKind: JsonValueKind.Array } attempts || attempts.GetArrayLength() is var count && count == 0) return 1;
        var listed = attempts.EnumerateArray().Any(static attempt => Fields.Get(attempt, "status") is { ValueKind: JsonValueKind.String } value && value.ValueEquals("success"));
        return status == UsageStatus.Success && !listed ? count + 1 : count;
    }

    /// <summary>Tags as an object of text to text.</summary>
    private static string? Tags(ref Fields fields)
    {
        if (fields.Get("tags") is not { } tags) return null;
        if (tags.ValueKind != JsonValueKind.Object) fields.Fail("tags is not an object");
        if (fields.Error is not null) return null;
        var read = new Dictionary<string, string>();
        foreach (var tag in tags.EnumerateObject())
        {
            if (tag.Name.Length is 0 or > 100 || tag.Name.Contains('\0')) fields.Fail("a tag's name is not 1 to 100 characters of text");
            else if (Fields.Get(tags, tag.Name) is { } value && fields.TextOf(value, tag.Name, 500, isRepeated: false) is { } text) read[tag.Name] = text;
        }
        if (read.Count > 50) fields.Fail("tags has more than 50 entries");
        return read.Count == 0 ? null : JsonSerializer.Serialize(read);
    }
}
