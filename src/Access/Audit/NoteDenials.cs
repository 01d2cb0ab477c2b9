namespace AgentConsole.Access.Audit;

/// <summary>Tells the audit of every request that was answered 403 to someone known: by a policy, or by a handler that asked again.</summary>
internal sealed class NoteDenials(RequestDelegate next, Denials denials)
{
    public async Task InvokeAsync(HttpContext context)
    {
        await next(context);
        if (context.Response.StatusCode != StatusCodes.Status403Forbidden) return;
        var caller = Caller.Of(context);
        if (caller.Name == Caller.Nobody.Name) return;
        denials.Note(caller, $"{context.Request.Method} {(context.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText}");
    }
}
