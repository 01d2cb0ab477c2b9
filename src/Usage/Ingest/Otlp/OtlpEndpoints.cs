using AgentConsole.Access;
using AgentConsole.Platform;
using AgentConsole.Platform.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Net.Http.Headers;

namespace AgentConsole.Usage.Ingest.Otlp;

/// <summary>Spans in, over HTTP: from any OTLP exporter, and from OpenRouter's broadcast.</summary>
internal static class OtlpEndpoints
{
    private const string Example = """
        {"resourceSpans":[{"resource":{"attributes":[{"key":"tenant.id","value":{"stringValue":"acme"}}]},"scopeSpans":[{"spans":[
         {"traceId":"5b8efff798038103d269b633813fc60c","spanId":"eee19b7ec3c1b174","name":"chat gpt-5","kind":3,
          "startTimeUnixNano":"1795197600000000000","endTimeUnixNano":"1795197601840000000","attributes":[
          {"key":"gen_ai.operation.name","value":{"stringValue":"chat"}},{"key":"gen_ai.provider.name","value":{"stringValue":"openai"}},
          {"key":"gen_ai.response.model","value":{"stringValue":"gpt-5"}},
          {"key":"gen_ai.usage.input_tokens","value":{"intValue":"1200"}},{"key":"gen_ai.usage.output_tokens","value":{"intValue":"90"}}]}]}]}]}
        """;

    public static void Map(RouteGroupBuilder group)
    {
        Describe(group.MapPost("/v1/traces", TracesAsync))
            .WithSummary("OpenTelemetry traces (OTLP/HTTP). Inference spans are usage, agents, tools and named stages are hops, other spans are taken and dropped. What was said (gen_ai.input.messages and its like) is read only for tenants that store texts. Problems are told as partial success.")
            .WithBody("ExportTraceServiceRequest, protobuf or JSON, gzip or not; at most 16 MB.", Example, OtlpAnswer.Protobuf, OtlpAnswer.Json)
            .Produces(200, null, OtlpAnswer.Json, OtlpAnswer.Protobuf).ProducesProblem(415);
        Describe(group.MapMethods("/api/v1/ingest/openrouter", [HttpMethods.Post, HttpMethods.Put], OpenRouterAsync))
            .WithSummary("OpenRouter's broadcast: OTLP in JSON. With X-Test-Connection: true an empty body is answered, too.")
            .WithBody("ExportTraceServiceRequest in JSON, gzip or not; at most 16 MB.", Example, OtlpAnswer.Json)
            .Produces<IngestAnswer>();
    }

    private static RouteHandlerBuilder Describe(RouteHandlerBuilder endpoint) =>
        endpoint.WithMetadata(new RequestSizeLimitAttribute(IngestEndpoints.MaxReceived))
            .ProducesProblem(400).ProducesProblem(401).ProducesProblem(403).ProducesProblem(413).ProducesProblem(429).ProducesProblem(503);

    private static async Task<IResult> TracesAsync(HttpContext context, IngestUsage ingest, CancellationToken cancellationToken)
    {
        if (FormatOf(context.Request) is not { } format)
            return OtlpAnswer.Refused(new UnsupportedMediaType($"{OtlpAnswer.Protobuf} or {OtlpAnswer.Json}"), UsageFormat.OtlpJson, context);
        var answer = await IngestAsync(format, context, ingest, cancellationToken);
        return answer.Ok ? OtlpAnswer.Accepted(answer.Value, format) : OtlpAnswer.Refused(answer.Error, format, context);
    }

    private static async Task<IResult> OpenRouterAsync(HttpContext context, IngestUsage ingest, CancellationToken cancellationToken)
    {
        var answer = await IngestAsync(UsageFormat.OpenRouter, context, ingest, cancellationToken);
        return answer.Ok ? Results.Ok(answer.Value) : IngestEndpoints.Refuse(answer.Error, context);
    }

    private static async Task<Result<IngestAnswer>> IngestAsync(UsageFormat format, HttpContext context, IngestUsage ingest, CancellationToken cancellationToken)
    {
        var read = await IngestEndpoints.ReadBodyAsync(context, cancellationToken);
        if (!read.Ok) return read.Error;
        using var body = read.Value;
        if (format == UsageFormat.OpenRouter && body.Bytes.IsEmpty && IsConnectionTest(context.Request)) return new IngestAnswer(0, 0, []);
        return await ingest.ExecuteAsync(format, body.Bytes, Caller.Of(context), cancellationToken);
    }

    private static bool IsConnectionTest(HttpRequest request) =>
        string.Equals(request.Headers["X-Test-Connection"], "true", StringComparison.OrdinalIgnoreCase);

    private static UsageFormat? FormatOf(HttpRequest request) =>
        MediaTypeHeaderValue.TryParse(request.ContentType, out var type) ? type.MediaType.Value?.ToLowerInvariant() switch
        {
            OtlpAnswer.Protobuf => UsageFormat.OtlpProtobuf,
            OtlpAnswer.Json => UsageFormat.OtlpJson,
            _ => null,
        } : null;
}
