namespace AgentConsole.Access;

/// <summary>Who does something, from where, and the trace in which it happens: what the audit keeps of a caller.</summary>
/// <param name="Name">Such as <c>key:bootstrap</c>.</param>
/// <param name="OnBehalfOf">The tenant as which it looks at the console; null: as itself.</param>
public sealed record Actor(string Name, string? Address = null, string? TraceId = null, string? OnBehalfOf = null)
{
    /// <summary>What the console does by itself.</summary>
    public static Actor System => Caller.System.Actor;

    public static Actor Of(HttpContext context) => Caller.Of(context).Actor;
}
