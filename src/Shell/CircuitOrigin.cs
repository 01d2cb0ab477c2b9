using AgentConsole.Platform.Http;

namespace AgentConsole.Shell;

/// <summary>
/// No other site's script may open a circuit with a visitor's cookie: a browser sends cookies with any WebSocket, and asks nobody. It does say where the script is from.
/// Who says nothing is no browser, and has no cookie of a visitor.
/// </summary>
internal sealed class CircuitOrigin(RequestDelegate next)
{
    public const string Path = "/_blazor";

    public Task InvokeAsync(HttpContext context)
    {
        var origin = context.Request.Headers.Origin;
        if (origin.Count == 0 || !(context.Request.Path.StartsWithSegments(Path) || context.Request.Headers.Upgrade.Count > 0) || IsOwn(origin.ToString(), context.Request)) return next(context);
        return Problems.AnswerAsync(context, "foreign_origin", "Only this site's own pages may connect here.", StatusCodes.Status403Forbidden);
    }

    /// <summary>The scheme is not compared: a proxy may have taken the encryption off.</summary>
    private static bool IsOwn(string origin, HttpRequest request) =>
        Uri.TryCreate(origin, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" && uri.Authority.Equals(request.Host.Value, StringComparison.OrdinalIgnoreCase);
}
