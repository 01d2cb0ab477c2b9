using System.Buffers;
using System.Globalization;
using System.Text.Json;

namespace AgentConsole.Bench.Load;

/// <summary>Writes requests as LiteLLM's StandardLoggingPayload, the way its generic API callback posts them.</summary>
internal static class LiteLlmPayload
{
    /// <summary>A JSON array.</summary>
    public static byte[] Batch(IEnumerable<TraceRequest> requests)
    {
        var buffer = new ArrayBufferWriter<byte>(256 * 1024);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartArray();
            foreach (var request in requests) Write(json, request);
            json.WriteEndArray();
        }
        return buffer.WrittenSpan.ToArray();
    }

    private static void Write(Utf8JsonWriter json, TraceRequest request)
    {
        var (context, generated) = (request.Row.ContextTokens, request.Row.GeneratedTokens);
        json.WriteStartObject();
        json.WriteString("id", request.Id);
        json.WriteString("trace_id", $"session-{request.Row.Number / 8}");
        json.WriteString("call_type", "acompletion");
        json.WriteBoolean("stream", true);
        json.WriteString("status", "success");
        json.WriteString("custom_llm_provider", request.Model.LiteLlmProvider);
        json.WriteString("model", $"{request.Model.LiteLlmProvider}/{request.Model.Name}");
        json.WriteString("model_group", request.Model.Name);
        json.WriteNumber("prompt_tokens", context);
        json.WriteNumber("completion_tokens", generated);
        json.WriteNumber("total_tokens", context + generated);
        WriteSeconds(json, "startTime", request.Row.At);
        WriteSeconds(json, "completionStartTime", request.Row.At.AddMilliseconds(220));
        WriteSeconds(json, "endTime", request.Row.At + request.Latency);
        json.WriteStartObject("metadata");
        json.WriteString("user_api_key_org_id", request.Tenant);
        json.WriteString("user_api_key_alias", request.Key);
        json.WriteString("user_api_key_user_id", request.User);
        WriteUsage(json, request);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    /// <summary>LiteLLM's prompt_tokens include what the cache held, whatever the provider says itself.</summary>
    private static void WriteUsage(Utf8JsonWriter json, TraceRequest request)
    {
        json.WriteStartObject("usage_object");
        json.WriteNumber("prompt_tokens", request.Row.ContextTokens);
        json.WriteNumber("completion_tokens", request.Row.GeneratedTokens);
        json.WriteNumber("total_tokens", request.Row.ContextTokens + request.Row.GeneratedTokens);
        json.WriteStartObject("prompt_tokens_details");
        json.WriteNumber("cached_tokens", request.CacheRead);
        json.WriteEndObject();
        if (request.CacheWrite > 0)
        {
            json.WriteNumber("cache_read_input_tokens", request.CacheRead);
            json.WriteNumber("cache_creation_input_tokens", request.CacheWrite);
        }
        json.WriteEndObject();
    }

    /// <summary>Seconds since 1970 with microseconds, as Python's time() has them.</summary>
    private static void WriteSeconds(Utf8JsonWriter json, string name, DateTimeOffset at)
    {
        var microseconds = (at - DateTimeOffset.UnixEpoch).Ticks / 10;
        json.WritePropertyName(name);
        json.WriteRawValue((microseconds / 1_000_000m).ToString("0.000000", CultureInfo.InvariantCulture));
    }
}
