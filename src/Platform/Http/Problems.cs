using System.Diagnostics;
using Microsoft.AspNetCore.Mvc;

namespace AgentConsole.Platform.Http;

/// <summary>Errors as <c>application/problem+json</c>, each with a trace id and never with exception text.</summary>
public static class Problems
{
    public static IResult From(Error error, int status, HttpContext context, TimeSpan? retryAfter = null)
    {
        SetRetryAfter(context, retryAfter);
        return Results.Problem(Details(error.Code, error.Message, status, context));
    }

    public static void SetRetryAfter(HttpContext context, TimeSpan? retryAfter)
    {
        if (retryAfter is { } wait) context.Response.Headers.RetryAfter = ((int)Math.Ceiling(wait.TotalSeconds)).ToString(System.Globalization.CultureInfo.InvariantCulture);
    }

    public static IResult Invalid(string detail, HttpContext context) => Results.Problem(Details("invalid_query", detail, StatusCodes.Status400BadRequest, context));

    public static ProblemDetails Details(string code, string? detail, int status, HttpContext context) => new()
    {
        Type = $"urn:agent-console:error:{code}",
        Title = Title(status),
        Detail = detail,
        Status = status,
        Extensions = { ["traceId"] = TraceId(context) },
    };

    public static string TraceId(HttpContext context) => Activity.Current?.TraceId.ToString() ?? context.TraceIdentifier;

    private static string Title(int status) => status switch
    {
        400 => "Bad request",
        401 => "Not signed in",
        403 => "Not allowed",
        404 => "Not found",
        409 => "Conflict",
        413 => "Too large",
        415 => "Unsupported media type",
        429 => "Too many requests",
        503 => "Unavailable",
        _ => "Error",
    };
}
