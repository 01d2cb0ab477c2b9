using AgentConsole.Shell;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Components.Endpoints;

namespace AgentConsole.Access;

/// <summary>Answers a page that names a tenant beyond the caller's reach as one that there is not, with 404; inside a circuit the frame says the same.</summary>
internal sealed class HideForeignTenants(RequestDelegate next)
{
    public Task InvokeAsync(HttpContext context)
    {
        if (!NamesForeignTenant(context)) return next(context);
        context.Response.StatusCode = StatusCodes.Status404NotFound;
        return Task.CompletedTask;
    }

    private static bool NamesForeignTenant(HttpContext context)
    {
        if (context.GetEndpoint()?.Metadata is not { } metadata || metadata.GetMetadata<ComponentTypeMetadata>() is null) return false;
        var needs = metadata.GetOrderedMetadata<IAuthorizeData>().Select(static data => Permissions.OfPolicy(data.Policy)).OfType<Permission>().ToArray();
        if (needs.Length == 0) return false;
        var reach = Caller.Of(context).ReachOf(needs.Aggregate(static (all, one) => all | one));
        return Named(context.Request).Any(tenant => !reach.Includes(tenant));
    }

    private static IEnumerable<string> Named(HttpRequest request)
    {
        var values = request.RouteValues;
        var routed = values["tenant"] ?? (request.Path.StartsWithSegments(Links.Tenants) ? values["id"] : null);
        return request.Query["tenant"].Append(routed as string).OfType<string>().Where(static tenant => tenant.Length > 0);
    }
}
