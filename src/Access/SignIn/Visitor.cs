using System.Diagnostics;

namespace AgentConsole.Access.SignIn;

/// <summary>Where a request comes from: the socket's address, never what a header says of it.</summary>
internal sealed record Visitor(string? Address, string? UserAgent)
{
    private const int MaxUserAgent = 300;

    public static Visitor Of(HttpContext context)
    {
        var agent = context.Request.Headers.UserAgent.ToString();
        return new(context.Connection.RemoteIpAddress?.ToString(), agent.Length > MaxUserAgent ? agent[..MaxUserAgent] : agent);
    }

    public Actor As(string name) => new(name, Address, Activity.Current?.TraceId.ToString());
}
