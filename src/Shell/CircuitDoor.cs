using AgentConsole.Platform.Http;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Endpoints;
using Microsoft.AspNetCore.Diagnostics;

namespace AgentConsole.Shell;

/// <summary>Lets a visitor open so many consoles and no more: the page says so before it would open one, and the connection of who does not ask for the page is refused.</summary>
internal sealed class CircuitDoor(RequestDelegate next, CircuitSeats seats)
{
    public async Task InvokeAsync(HttpContext context)
    {
        if (IsConnection(context))
        {
            using var seat = seats.Take(context);
            await (seat is null ? RefuseAsync(context) : next(context));
        }
        else if (OpensCircuit(context) && !seats.HasFree(context)) await RefuseAsync(context);
        else await next(context);
    }

    /// <summary>The request lasts as long as the circuit has its browser.</summary>
    private static bool IsConnection(HttpContext context) => context.Request.Path == CircuitOrigin.Path && !HttpMethods.IsPost(context.Request.Method);

    private static bool OpensCircuit(HttpContext context) =>
        context.GetEndpoint()?.Metadata is { } metadata && metadata.GetMetadata<ComponentTypeMetadata>() is not null && metadata.GetMetadata<ExcludeFromInteractiveRoutingAttribute>() is null
        && context.Features.Get<IStatusCodeReExecuteFeature>() is null;

    private static Task RefuseAsync(HttpContext context) => Problems.AnswerAsync(
        context, "too_many_circuits", "You have too many consoles open. Close some tabs, then load this one again.", StatusCodes.Status429TooManyRequests, TimeSpan.FromSeconds(10));
}
