using System.Buffers;
using System.Text.Json;
using AgentConsole.Usage;

namespace AgentConsole.Demo.Traffic;

/// <summary>Writes demo requests as the native events of the public API.</summary>
internal static class DemoJson
{
    public static void WriteArray(IBufferWriter<byte> output, IEnumerable<DemoEvent> events)
    {
        using var json = new Utf8JsonWriter(output);
        json.WriteStartArray();
        foreach (var item in events)
            Write(json, item);
        json.WriteEndArray();
    }

    private static void Write(Utf8JsonWriter json, DemoEvent item)
    {
        json.WriteStartObject();
        json.WriteString("id"u8, item.Id);
        json.WriteString("tenant"u8, item.Tenant);
        json.WriteString("occurredAt"u8, item.OccurredAt);
        json.WriteString("provider"u8, item.Model.Provider);
        json.WriteString("model"u8, item.Model.Name);
        json.WriteString("requestedModel"u8, (item.Requested ?? item.Model).Name);
        json.WriteString("operation"u8, item.Operation);
        json.WriteString("status"u8, item.Status.Name());
        json.WriteNumber("httpStatus"u8, item.HttpStatus);
        WriteOptional(json, "error"u8, item.Error);
        WriteWho(json, item);
        WriteUsage(json, item);
        WriteTiming(json, item);
        WriteAttempts(json, item);
        WriteHops(json, item);
        json.WriteEndObject();
    }

    private static void WriteWho(Utf8JsonWriter json, DemoEvent item)
    {
        json.WriteString("user"u8, item.User);
        json.WriteString("key"u8, item.Key);
        json.WriteString("team"u8, item.Team);
        json.WriteString("session"u8, item.Session);
        WriteOptional(json, "thread"u8, item.Thread);
        WriteOptional(json, "agent"u8, item.Agent);
        WriteOptional(json, "tool"u8, item.Tool);
        WriteOptional(json, "sandbox"u8, item.Sandbox);
        if (item.Prompt is not null)
        {
            json.WriteStartObject("prompt"u8);
            json.WriteString("name"u8, item.Prompt);
            WriteOptional(json, "version"u8, item.PromptVersion);
            json.WriteEndObject();
        }
        json.WriteStartObject("tags"u8);
        json.WriteString("env"u8, item.Environment);
        WriteOptional(json, "callHash"u8, item.CallHash);
        json.WriteEndObject();
    }

    private static void WriteUsage(Utf8JsonWriter json, DemoEvent item)
    {
        if (item.Tokens.Total == 0)
            return;
        json.WriteStartObject("usage"u8);
        foreach (var bucket in TokenCounts.Buckets)
            if (item.Tokens[bucket] != 0)
                json.WriteNumber(bucket.Name(), item.Tokens[bucket]);
        json.WriteEndObject();
    }

    private static void WriteTiming(Utf8JsonWriter json, DemoEvent item)
    {
        json.WriteString("serviceTier"u8, "standard"u8);
        json.WriteBoolean("batch"u8, item.Batch);
        json.WriteNumber("latencyMs"u8, item.LatencyMs);
        if (item.TtftMs is { } ttft)
            json.WriteNumber("ttftMs"u8, ttft);
        json.WriteBoolean("stream"u8, item.TtftMs is not null);
    }

    private static void WriteAttempts(Utf8JsonWriter json, DemoEvent item)
    {
        if (item.Attempts.Count == 0)
            return;
        json.WriteStartArray("attempts"u8);
        foreach (var attempt in item.Attempts)
        {
            json.WriteStartObject();
            json.WriteString("provider"u8, attempt.Model.Provider);
            json.WriteString("model"u8, attempt.Model.Name);
            json.WriteNumber("level"u8, attempt.Level);
            json.WriteString("status"u8, "failure"u8);
            json.WriteNumber("httpStatus"u8, attempt.HttpStatus);
            json.WriteString("reason"u8, attempt.Reason);
            json.WriteNumber("latencyMs"u8, attempt.LatencyMs);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    private static void WriteHops(Utf8JsonWriter json, DemoEvent item)
    {
        if (item.Hops.Count == 0)
            return;
        json.WriteStartArray("hops"u8);
        foreach (var hop in item.Hops)
        {
            json.WriteStartObject();
            json.WriteString("name"u8, hop.Name);
            json.WriteNumber("startMs"u8, hop.StartMs);
            json.WriteNumber("durationMs"u8, hop.DurationMs);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    private static void WriteOptional(Utf8JsonWriter json, ReadOnlySpan<byte> name, string? value)
    {
        if (value is not null)
            json.WriteString(name, value);
    }
}
