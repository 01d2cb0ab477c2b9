using System.Diagnostics;
using System.Security.Claims;

namespace AgentConsole.Access;

/// <summary>Who does something, from where, and the trace in which it happens: what the audit keeps of a caller.</summary>
/// <param name="Name">Such as <c>key:bootstrap</c>.</param>
public sealed record Actor(string Name, string? Address = null, string? TraceId = null)
{
    /// <summary>The person at a browser on this machine, while pages have no sign-in.</summary>
    public static Actor Page => new("page", null, Activity.Current?.TraceId.ToString());

    /// <summary>What the console does by itself.</summary>
    public static Actor System => new("system", null, Activity.Current?.TraceId.ToString());

    public static Actor Of(HttpContext context) => new(
        $"key:{context.User.FindFirstValue(ClaimTypes.NameIdentifier) ?? "unknown"}",
        context.Connection.RemoteIpAddress?.ToString(),
        Activity.Current?.TraceId.ToString() ?? context.TraceIdentifier);
}
