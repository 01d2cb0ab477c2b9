using System.Security.Claims;
using AgentConsole.Access;
using AgentConsole.Platform;
using AgentConsole.Platform.Http;
using AgentConsole.Usage.Ingest.Otlp;
using Microsoft.AspNetCore.Mvc;

namespace AgentConsole.Usage.Ingest;

/// <summary>Usage in, over HTTP. Every answer comes after the commit.</summary>
internal static class IngestEndpoints
{
    /// <summary>
    /// Kestrel cuts the connection at its own limit, so that a sender sees a broken pipe and not the 413, and tries again for ever.
    /// Up to here the body is received and thrown away instead.
    /// </summary>
    internal const long MaxReceived = 8L * IngestBody.MaxBytes;

    private const string NativeExample = """
        {"id":"evt-1","tenant":"acme","occurredAt":"2026-11-20T18:00:00Z","provider":"anthropic","model":"claude-sonnet-4-5","user":"u-17",
         "usage":{"input":3,"cacheRead":13216,"cacheWrite5m":25,"output":120},"latencyMs":1840}
        """;

    private const string LiteLlmExample = """
        {"id":"chatcmpl-1","call_type":"acompletion","status":"success","custom_llm_provider":"openai","model":"gpt-5","startTime":1763661600.1,"endTime":1763661601.9,
         "prompt_tokens":1200,"completion_tokens":90,"end_user":"u-17","metadata":{"user_api_key_org_id":"acme","user_api_key_alias":"vk-3"}}
        """;

    public static void Map(IEndpointRouteBuilder app)
    {
        var group = app.MapGroup("").RequireAuthorization(Permission.IngestUsage.Policy()).WithTags("Ingestion").DisableAntiforgery().WithMetadata(new HasOwnBackPressure());
        MapFormat(group, "/api/v1/usage", UsageFormat.Native, "Native usage events: an object, an array, or one object a line. input and output, a text or a list of messages each, are what was said: read only for tenants that store texts.", NativeExample);
        MapFormat(group, "/api/v1/ingest/litellm", UsageFormat.LiteLlm, "LiteLLM's StandardLoggingPayload: an object, an array, or one object a line. messages and response are read only for tenants that store texts.", LiteLlmExample);
        OtlpEndpoints.Map(group);
    }

    private static void MapFormat(RouteGroupBuilder group, string path, UsageFormat format, string summary, string example) =>
        group.MapPost(path, (HttpContext context, IngestUsage ingest, CancellationToken cancellationToken) => IngestAsync(format, context, ingest, cancellationToken))
            .WithSummary(summary)
            .WithBody("At most 10,000 items or 16 MB, gzip or not.", example, "application/json", "application/x-ndjson")
            .WithMetadata(new RequestSizeLimitAttribute(MaxReceived))
            .Produces<IngestAnswer>()
            .ProducesProblem(400).ProducesProblem(401).ProducesProblem(403).ProducesProblem(413).ProducesProblem(429).ProducesProblem(503);

    private static async Task<IResult> IngestAsync(UsageFormat format, HttpContext context, IngestUsage ingest, CancellationToken cancellationToken)
    {
        var read = await ReadBodyAsync(context, cancellationToken);
        if (!read.Ok) return Refuse(read.Error, context);
        using var body = read.Value;
        var answer = await ingest.ExecuteAsync(format, body.Bytes, Caller.Of(context), cancellationToken);
        return answer.Ok ? Results.Ok(answer.Value) : Refuse(answer.Error, context);
    }

    internal static async Task<Result<ReceivedBody>> ReadBodyAsync(HttpContext context, CancellationToken cancellationToken)
    {
        try
        {
            return await ReceivedBody.ReadAsync(context.Request.Body, context.Request.Headers.ContentEncoding, cancellationToken);
        }
        catch (BadHttpRequestException error) when (error.StatusCode == StatusCodes.Status413PayloadTooLarge)
        {
            return new BodyTooLarge("The body is over 16 MB. Send it in several requests.");
        }
    }

    internal static IResult Refuse(Error error, HttpContext context)
    {
        var (status, retryAfter) = StatusOf(error);
        return Problems.From(error, status, context, retryAfter);
    }

    internal static (int Status, TimeSpan? RetryAfter) StatusOf(Error error) => error switch
    {
        NotAllowed or TenantIsSuspended => (StatusCodes.Status403Forbidden, null),
        UnreadableBody => (StatusCodes.Status400BadRequest, null),
        BodyTooLarge => (StatusCodes.Status413PayloadTooLarge, null),
        UnsupportedMediaType => (StatusCodes.Status415UnsupportedMediaType, null),
        Overloaded overloaded => (StatusCodes.Status429TooManyRequests, overloaded.RetryAfter),
        StoreUnavailable unavailable => (StatusCodes.Status503ServiceUnavailable, unavailable.RetryAfter),
        _ => throw new ArgumentOutOfRangeException(nameof(error)),
    };
}
