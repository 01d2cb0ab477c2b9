using System.Diagnostics;
using Microsoft.AspNetCore.Mvc;

namespace AgentConsole.Platform.Http;

/// <summary>Errors as <c>application/problem+json</c>, each with a trace id and never with exception text.</summary>
public static class Problems
{
    private static readonly object SentenceKey = new();

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

    /// <summary>A browser asking for a document, by a link or a form: it is answered with a page, which whoever serves pages makes of the status.</summary>
    public static bool WantsPage(HttpContext context) =>
        (HttpMethods.IsGet(context.Request.Method) || HttpMethods.IsPost(context.Request.Method)) && !context.Request.Path.StartsWithSegments("/api") &&
        context.Request.Headers.Accept.ToString().Contains("text/html", StringComparison.Ordinal);

    /// <summary>Outside of an endpoint.</summary>
    public static Task AnswerAsync(HttpContext context, string code, string sentence, int status, TimeSpan? retryAfter = null)
    {
        context.Response.StatusCode = status;
        SetRetryAfter(context, retryAfter);
        context.Items[SentenceKey] = sentence;
        return WantsPage(context) ? Task.CompletedTask : Results.Problem(Details(code, sentence, status, context)).ExecuteAsync(context);
    }

    /// <summary>What <see cref="AnswerAsync"/> left for the page to say.</summary>
    public static string? SentenceOf(HttpContext context) => context.Items[SentenceKey] as string;

    private static string Title(int status) => status switch
    {
        400 => "Bad request",
        401 => "Not signed in",
        403 => "Not allowed",
        404 => "Not found",
        408 => "Timed out",
        409 => "Conflict",
        413 => "Too large",
        415 => "Unsupported media type",
        429 => "Too many requests",
        503 => "Unavailable",
        _ => "Error",
    };
}
