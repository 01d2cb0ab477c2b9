using System.Text.Json;
using AgentConsole.Access;
using AgentConsole.Platform;
using AgentConsole.Pricing;
using AgentConsole.Usage.Ingest.Dialects;

namespace AgentConsole.Usage.Ingest;

/// <summary>LiteLLM's <c>StandardLoggingPayload</c>, as its generic API callback sends it. Its prompt_tokens include what came from the cache, whatever the provider.</summary>
internal static class LiteLlmNormaliser
{
    public static Normalised Read(JsonElement item, string? callerTenant, DateTimeOffset now)
    {
        var fields = new Fields(item);
        var id = fields.Id("id") ?? fields.Id("call_id") ?? fields.Required("trace_id", fields.Id("trace_id"));
        var metadata = fields.Get("metadata") ?? default;
        var tenant = callerTenant ?? fields.Text(metadata, "user_api_key_org_id") ?? fields.Text(metadata, "user_api_key_team_id") ?? Tenant.Unassigned;
        if (!Tenant.IsValidId(tenant)) fields.Fail("the organisation or team id is not a tenant id");
        var start = Time(ref fields, "startTime", now) ?? Time(ref fields, "endTime", now);
        if (start is null) fields.Fail("startTime is required");
        var status = Status(ref fields);
        var provider = Providers.Canonical(fields.Text("custom_llm_provider") ?? "");
        var usage = Usage(ref fields, metadata, provider, status, out var raw);
        var usageEvent = fields.Error is not null ? null : new UsageEvent
        {
            TenantId = tenant,
            Source = UsageSources.LiteLlm,
            Id = id!,
            OccurredAt = start!.Value,
            Provider = provider,
            Model = Model(ref fields, status),
            RequestedModel = fields.Text("model_group"),
            Operation = Operation(fields.Text("call_type")),
            Status = status,
            HttpStatus = HttpStatus(fields.Get("error_information")),
            Error = status == UsageStatus.Success ? null : Fields.Excerpt(Fields.Get(fields.Get("error_information") ?? default, "error_message"), 1000) ?? Fields.Excerpt(fields.Get("error_str"), 1000),
            User = fields.Text("end_user") ?? fields.Text(metadata, "user_api_key_end_user_id") ?? fields.Text(metadata, "user_api_key_user_id"),
            Key = fields.Text(metadata, "user_api_key_alias") ?? fields.Text(metadata, "user_api_key_hash"),
            Team = fields.Text(metadata, "user_api_key_team_alias") ?? fields.Text(metadata, "user_api_key_team_id"),
            Session = fields.Id("session_id") ?? fields.Id("trace_id"),
            Tool = fields.Text(Fields.Get(metadata, "mcp_tool_call_metadata") ?? default, "name"),
            Prompt = fields.Text(Fields.Get(metadata, "prompt_management_metadata") ?? default, "prompt_id"),
            Tokens = usage.Tokens,
            ToolUses = usage.ToolUses is { Count: > 0 } uses ? JsonSerializer.Serialize(uses) : null,
            RawUsage = raw,
            UsageDialect = usage.Dialect,
            ServiceTier = usage.ServiceTier ?? fields.Text(fields.Get("model_parameters") ?? default, "service_tier") ?? "standard",
            Region = usage.Region,
            CostReported = fields.Money("response_cost"),
            Conflicts = [.. usage.Conflicts],
            LatencyMs = Latency(ref fields, start.Value, "endTime", now),
            TtftMs = Latency(ref fields, start.Value, "completionStartTime", now),
            Stream = fields.Flag("stream"),
            AttemptCount = 1 + (int)Math.Min(fields.Count(metadata, "attempted_fallbacks", "metadata.attempted_fallbacks") ?? 0, 1000),
            Tags = Tags(fields.Get("request_tags")),
        };
        return fields.Error is { } error ? Normalised.Refused(id, tenant, error) : new(usageEvent, id, tenant, null);
    }

    /// <summary>Seconds since 1970 with fractions, or ISO 8601.</summary>
    private static DateTimeOffset? Time(ref Fields fields, string name, DateTimeOffset now)
    {
        if (fields.Get(name) is not { } value) return null;
        DateTimeOffset at;
        if (Fields.TryGetDecimal(value, out var seconds) && seconds is >= 0 and < 253_402_300_800m) at = DateTimeOffset.UnixEpoch.AddTicks((long)(seconds * TimeSpan.TicksPerSecond));
        else if (value.ValueKind != JsonValueKind.String || !Fields.TryGetText(value, out var text) || !IsoTime.TryParse(text, out at))
        {
            fields.Fail($"{name} is neither seconds since 1970 nor an ISO 8601 time");
            return null;
        }
        if (NativeNormaliser.OutOfRange(at, now) is { } problem) fields.Fail($"{name} {problem}");
        return at;
    }

    private static int? Latency(ref Fields fields, DateTimeOffset start, string name, DateTimeOffset now) =>
        Time(ref fields, name, now) is { } end && (end - start).TotalMilliseconds is >= 0 and <= int.MaxValue and var latency ? (int)Math.Round(latency) : null;

    private static UsageStatus Status(ref Fields fields)
    {
        switch (fields.Text("status"))
        {
            case "success" or null: return UsageStatus.Success;
            case "failure": return UsageStatus.Failure;
            default:
                fields.Fail("status is neither success nor failure");
                return UsageStatus.Success;
        }
    }

    /// <summary>Without the routing prefix that LiteLLM puts before a model's name, such as <c>azure/</c>.</summary>
    private static string Model(ref Fields fields, UsageStatus status)
    {
        var model = (status == UsageStatus.Success ? fields.Required("model") : fields.Text("model")) ?? "";
        var prefix = fields.Text("custom_llm_provider") + "/";
        return prefix.Length > 1 && model.Length > prefix.Length && model.StartsWith(prefix, StringComparison.Ordinal) ? model[prefix.Length..] : model;
    }

    private static string? Operation(string? callType) => callType switch
    {
        null => null,
        "completion" or "acompletion" or "responses" or "aresponses" or "anthropic_messages" => "chat",
        "embedding" or "aembedding" => "embeddings",
        "text_completion" or "atext_completion" => "text_completion",
        _ => callType,
    };

    private static int? HttpStatus(JsonElement? told) =>
        told is { } error && Fields.Get(error, "error_code") is { } code
        && Fields.TryGetDecimal(code, out var number) && number is >= 100 and < 600 ? (int)number : null;

    /// <summary>The usage object where there is one, else the three totals. Served from LiteLLM's own cache: the provider was not asked, so nothing was used.</summary>
    private static RawUsageReading Usage(ref Fields fields, JsonElement metadata, string provider, UsageStatus status, out string? raw)
    {
        var none = new RawUsageReading(default, "litellm", [], null, null, null, null);
        var from = Fields.Get(metadata, "usage_object") ?? Fields.Get(fields.Get("hidden_params") ?? default, "usage_object") ?? Totals(ref fields);
        raw = from is { } kept ? fields.Usage(kept, "usage", 64 * 1024) : null;
        if (fields.Error is not null || (fields.Get("cache_hit") is { ValueKind: JsonValueKind.True })) return none;
        if (from is null)
        {
            if (status == UsageStatus.Success) fields.Fail("metadata.usage_object or prompt_tokens and completion_tokens are required");
            return none;
        }
        var reading = RawUsage.Read(from.Value, "litellm", provider);
        if (reading.Error is { } error) fields.Fail($"usage: {error}");
        return reading;
    }

    private static JsonElement? Totals(ref Fields fields)
    {
        var prompt = fields.Count(fields.Item, "prompt_tokens", "prompt_tokens");
        var completion = fields.Count(fields.Item, "completion_tokens", "completion_tokens");
        if (prompt is null && completion is null) return null;
        return JsonSerializer.SerializeToElement(new { prompt_tokens = prompt ?? 0, completion_tokens = completion ?? 0 });
    }

    /// <summary>"name:value" becomes a tag with that value; anything else a tag that is set.</summary>
    private static string? Tags(JsonElement? told)
    {
        if (told is not { ValueKind: JsonValueKind.Array } tags) return null;
        var read = new Dictionary<string, string>();
        foreach (var tag in tags.EnumerateArray())
        {
            if (tag.ValueKind != JsonValueKind.String || !Fields.TryGetText(tag, out var text) || text.Length is 0 or > 500 || read.Count == 50) continue;
            var colon = text.IndexOf(':', StringComparison.Ordinal);
            if (colon is > 0 and <= 100) read[text[..colon]] = text[(colon + 1)..].Trim();
            else if (text.Length <= 100) read[text] = "true";
        }
        return read.Count == 0 ? null : JsonSerializer.Serialize(read);
    }
}
