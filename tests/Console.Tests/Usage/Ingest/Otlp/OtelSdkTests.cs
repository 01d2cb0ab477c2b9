using System.Diagnostics;
using System.Text.Json;
using AgentConsole.Tests.Testing;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace AgentConsole.Tests.Usage.Ingest.Otlp;

/// <summary>The OpenTelemetry SDK for .NET exports to the running app as it would from any other.</summary>
public sealed class OtelSdkTests(SharedApp shared) : IClassFixture<SharedApp>
{
    private static readonly DateTime Start = ConsoleApp.Now.AddMinutes(-5).UtcDateTime;

    private readonly string _tenant = $"t-{Guid.NewGuid():N}";

    private Task<long> EventsAsync() => shared.App.CountAsync($"usage_events WHERE tenant_id = '{_tenant}'");

    private TracerProvider Exporter(string source, ExportProcessorType type = ExportProcessorType.Batch, string key = ConsoleApp.ApiKey) => Sdk.CreateTracerProviderBuilder()
        .AddSource(source)
        .SetSampler(new AlwaysOnSampler())
        .ConfigureResource(resource => resource.AddService("shop").AddAttributes([new("tenant.id", _tenant)]))
        .AddOtlpExporter(options =>
        {
            options.Endpoint = new Uri(shared.Client.BaseAddress!, "/v1/traces");
            options.Protocol = OtlpExportProtocol.HttpProtobuf;
            options.ExportProcessorType = type;
            options.Headers = $"Authorization=Bearer {key}";
        })
        .Build();

    [Fact]
    public async Task Export_OfAnAgentsRun_CountsItsInferencesOnceAndKeepsItsHops()
    {
        using var source = new ActivitySource($"run-{_tenant}");
        using var exporter = Exporter(source.Name);
        using var agent = Begin(source, "invoke_agent triage", ActivityKind.Internal, default, 0);
        agent.SetTag("gen_ai.operation.name", "invoke_agent").SetTag("gen_ai.agent.name", "triage").SetTag("gen_ai.conversation.id", "s-9").SetTag("gen_ai.usage.input_tokens", 26488);
        using var planner = Begin(source, "planner", ActivityKind.Internal, agent.Context, 10);
        using var first = Chat(source, planner.Context, 20);
        End(first, 1860);
        End(planner, 1900);
        using var tool = Begin(source, "execute_tool search", ActivityKind.Internal, agent.Context, 1910);
        tool.SetTag("gen_ai.operation.name", "execute_tool").SetTag("gen_ai.tool.name", "search");
        End(tool, 2000);
        using var second = Chat(source, agent.Context, 2010);
        second.SetStatus(ActivityStatusCode.Error, "overloaded").SetTag("error.type", "529");
        End(second, 2500);
        End(agent, 2600);
        Assert.True(exporter.ForceFlush());
        // The flush may answer while the last batch is still on its way.
        await Eventually.TrueAsync(async () => await EventsAsync() > 0);

        Assert.Equal(2, await EventsAsync());
        var request = await shared.Client.GetJsonAsync($"/api/v1/requests/{_tenant}/{first.TraceId}:{first.SpanId}");
        Assert.Equal(("otlp", "anthropic", "claude-sonnet-4-5", "success"), (Text(request, "source"), Text(request, "provider"), Text(request, "model"), Text(request, "status")));
        Assert.Equal(("triage", "s-9", "u-17", "shop"), (Text(request, "agent"), Text(request, "session"), Text(request, "user"), request.GetProperty("tags").GetProperty("service.name").GetString()));
        Assert.Equal((1840, 410), (request.GetProperty("latencyMs").GetInt32(), request.GetProperty("ttftMs").GetInt32()));
        Assert.Equal((3, 13216, 25, 120), (Tokens(request, "input"), Tokens(request, "cacheRead"), Tokens(request, "cacheWrite5m"), Tokens(request, "output")));
        Assert.Equal(["triage", "planner", "search"], request.GetProperty("hops").EnumerateArray().Select(static hop => Text(hop, "name")));
        var failed = await shared.Client.GetJsonAsync($"/api/v1/requests/{_tenant}/{second.TraceId}:{second.SpanId}");
        Assert.Equal(("failure", 529, "overloaded"), (Text(failed, "status"), failed.GetProperty("httpStatus").GetInt32(), Text(failed, "error")));
    }

    /// <summary>Each span travels alone, the children before their parents.</summary>
    [Fact]
    public async Task Export_SpanBySpan_CountsTheSame()
    {
        using var source = new ActivitySource($"single-{_tenant}");
        using var exporter = Exporter(source.Name, ExportProcessorType.Simple);
        using var agent = Begin(source, "invoke_agent triage", ActivityKind.Internal, default, 0);
        agent.SetTag("gen_ai.operation.name", "invoke_agent").SetTag("gen_ai.usage.input_tokens", 13244).SetTag("gen_ai.request.model", "claude-sonnet-4-5");
        using var chat = Chat(source, agent.Context, 20);
        End(chat, 1860);
        End(agent, 1900);

        Assert.Equal(1, await EventsAsync());
        Assert.Equal(1, await shared.App.CountAsync($"hop_timings WHERE tenant_id = '{_tenant}'"));
    }

    [Fact]
    public async Task Export_WithAWrongKey_StoresNothing()
    {
        using var source = new ActivitySource($"wrong-{_tenant}");
        using var exporter = Exporter(source.Name, ExportProcessorType.Simple, "wrong-key-of-the-tests");
        using (var chat = Chat(source, default, 0)) End(chat, 10);
        Assert.Equal(0, await EventsAsync());
    }

    private static Activity Begin(ActivitySource source, string name, ActivityKind kind, ActivityContext parent, int milliseconds)
    {
        Activity.Current = null;
        return source.StartActivity(name, kind, parent, startTime: new DateTimeOffset(Start.AddMilliseconds(milliseconds)))!;
    }

    private static Activity Chat(ActivitySource source, ActivityContext parent, int milliseconds) =>
        Begin(source, "chat claude-sonnet-4-5", ActivityKind.Client, parent, milliseconds)
            .SetTag("gen_ai.operation.name", "chat").SetTag("gen_ai.provider.name", "anthropic").SetTag("gen_ai.request.model", "claude-sonnet-4-5")
            .SetTag("gen_ai.usage.input_tokens", 13244).SetTag("gen_ai.usage.cache_read.input_tokens", 13216L).SetTag("gen_ai.usage.cache_creation.input_tokens", 25)
            .SetTag("gen_ai.usage.output_tokens", 120).SetTag("gen_ai.response.time_to_first_chunk", 0.41).SetTag("user.id", "u-17")
            .SetTag("gen_ai.response.finish_reasons", new[] { "stop" });

    private static void End(Activity activity, int milliseconds)
    {
        activity.SetEndTime(Start.AddMilliseconds(milliseconds));
        activity.Stop();
    }

    private static string? Text(JsonElement from, string name) => from.GetProperty(name).GetString();

    private static long Tokens(JsonElement request, string bucket) => request.GetProperty("tokens").GetProperty(bucket).GetInt64();
}
