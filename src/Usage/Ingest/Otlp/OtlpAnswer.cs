using System.Globalization;
using AgentConsole.Platform;
using AgentConsole.Platform.Http;
using AgentConsole.Usage.Ingest.Otlp.Wire;
using Google.Protobuf;

namespace AgentConsole.Usage.Ingest.Otlp;

/// <summary>What an OTLP exporter is told, in the encoding it sent. 429 and 503 make it try again; 400, 413 and 415 make it give up.</summary>
internal static class OtlpAnswer
{
    public const string Protobuf = "application/x-protobuf";
    public const string Json = "application/json";

    /// <summary>Refused spans that are named in the message; the others are counted.</summary>
    private const int MaxNamed = 10;

    /// <summary>Empty when every span was taken, as the protocol wants it.</summary>
    public static IResult Accepted(IngestAnswer answer, UsageFormat format)
    {
        var rejected = answer.Rejected.Count;
        if (format == UsageFormat.OtlpJson)
        {
            return rejected == 0
                ? Results.Json(new { }, contentType: Json)
                : Results.Json(new { partialSuccess = new { rejectedSpans = rejected.ToString(CultureInfo.InvariantCulture), errorMessage = Message(answer.Rejected) } }, contentType: Json);
        }
        var response = new ExportResponse();
        if (rejected > 0) response.PartialSuccess = new() { RejectedSpans = rejected, ErrorMessage = Message(answer.Rejected) };
        return Results.Bytes(response.ToByteArray(), Protobuf);
    }

    /// <summary>google.rpc.Status; in JSON together with the problem that every other endpoint answers.</summary>
    public static IResult Refused(Error error, UsageFormat format, HttpContext context)
    {
        var (status, retryAfter) = IngestEndpoints.StatusOf(error);
        Problems.SetRetryAfter(context, retryAfter);
        if (format == UsageFormat.OtlpProtobuf) return new StatusBytes(status, new RpcStatus { Code = RpcCode(status), Message = error.Message }.ToByteArray());
        var problem = Problems.Details(error.Code, error.Message, status, context);
        problem.Extensions["code"] = RpcCode(status);
        problem.Extensions["message"] = error.Message;
        return Results.Problem(problem);
    }

    private static string Message(IReadOnlyList<RejectedAnswer> rejected)
    {
        var named = rejected.Take(MaxNamed).Select(static item => $"span {item.Id ?? $"#{item.Index}"}: {item.Error}");
        return string.Join("; ", named) + (rejected.Count > MaxNamed ? $"; and {rejected.Count - MaxNamed} more" : "");
    }

    /// <summary>INVALID_ARGUMENT, RESOURCE_EXHAUSTED, UNAVAILABLE.</summary>
    private static int RpcCode(int status) => status switch
    {
        StatusCodes.Status413PayloadTooLarge or StatusCodes.Status429TooManyRequests => 8,
        StatusCodes.Status503ServiceUnavailable => 14,
        _ => 3,
    };

    private sealed class StatusBytes(int status, byte[] body) : IResult
    {
        public async Task ExecuteAsync(HttpContext context)
        {
            context.Response.StatusCode = status;
            context.Response.ContentType = Protobuf;
            context.Response.ContentLength = body.Length;
            await context.Response.Body.WriteAsync(body, context.RequestAborted);
        }
    }
}
