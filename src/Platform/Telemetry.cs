using System.Diagnostics;
using System.Diagnostics.Metrics;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace AgentConsole.Platform;

/// <summary>What the app tells of itself, by OTLP, when <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> is set.</summary>
public static class Telemetry
{
    public const string Name = "AgentConsole";

    public static readonly ActivitySource Activities = new(Name);
    public static readonly Meter Meter = new(Name);

    internal static void AddTelemetry(this IHostApplicationBuilder builder)
    {
        if (string.IsNullOrEmpty(builder.Configuration["OTEL_EXPORTER_OTLP_ENDPOINT"])) return;
        var resource = ResourceBuilder.CreateDefault().AddService("agent-console").AddEnvironmentVariableDetector();
        builder.Services.AddHostedService(_ => new Exporters(
            Sdk.CreateTracerProviderBuilder().SetResourceBuilder(resource).AddSource(Name, "Microsoft.AspNetCore", "Npgsql", "Quartz").AddOtlpExporter().Build(),
            Sdk.CreateMeterProviderBuilder().SetResourceBuilder(resource).AddMeter(Name, "Microsoft.AspNetCore.*", "System.Runtime", "Npgsql", "Quartz").AddOtlpExporter().Build()));
    }

    /// <summary>Keeps the exporters for the life of the app and flushes them at its end.</summary>
    private sealed class Exporters(TracerProvider traces, MeterProvider metrics) : IHostedService, IDisposable
    {
        public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public void Dispose()
        {
            traces.Dispose();
            metrics.Dispose();
        }
    }
}
