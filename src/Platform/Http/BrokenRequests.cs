using Microsoft.AspNetCore.Diagnostics;
using Npgsql;

namespace AgentConsole.Platform.Http;

/// <summary>What is answered when a request broke: a sentence and the trace id under which the log has the rest. Never the exception's own words.</summary>
internal static partial class BrokenRequests
{
    private static readonly TimeSpan StoreWait = TimeSpan.FromSeconds(5);

    public static void UseBrokenRequests(this WebApplication app) => app.UseExceptionHandler(new ExceptionHandlerOptions
    {
        ExceptionHandler = AnswerAsync,
        // Told below, with the trace id that the answer has.
        SuppressDiagnosticsCallback = static _ => true,
    });

    private static Task AnswerAsync(HttpContext context)
    {
        var error = context.Features.Get<IExceptionHandlerFeature>()?.Error;
        if (error is BadHttpRequestException bad) return Problems.AnswerAsync(context, "bad_request", Sentence(bad.StatusCode), bad.StatusCode);
        LogBroken(context.RequestServices.GetRequiredService<ILoggerFactory>().CreateLogger(typeof(BrokenRequests)), error, context.Request.Method, context.Request.Path, Problems.TraceId(context));
        return error is NpgsqlException { IsTransient: true }
            ? Problems.AnswerAsync(context, "store_unavailable", "The store cannot be reached just now. Try again in a moment.", StatusCodes.Status503ServiceUnavailable, StoreWait)
            : Problems.AnswerAsync(context, "internal", "This went wrong on our side. Try again; if it stays, quote the trace id.", StatusCodes.Status500InternalServerError);
    }

    private static string Sentence(int status) => status switch
    {
        StatusCodes.Status413PayloadTooLarge => "The body is too large for this.",
        StatusCodes.Status408RequestTimeout => "The body came too slowly.",
        _ => "The request could not be read.",
    };

    [LoggerMessage(Level = LogLevel.Error, Message = "{Method} {Path} broke, trace {TraceId}")]
    private static partial void LogBroken(ILogger logger, Exception? error, string method, string path, string traceId);
}
