using AgentConsole.Access;
using AgentConsole.Platform;
using AgentConsole.Platform.Data;

namespace AgentConsole.Views;

/// <summary>Where a view or a dashboard is kept, and whose it is there.</summary>
internal sealed record ViewHome(string Tenant, string Owner)
{
    /// <summary>What is written is written with this reach and no other.</summary>
    public Reach Reach => Tenant == SavedView.Platform ? Reach.Platform : Reach.Of(Tenant);

    /// <summary>A view for everyone is the tenant's to keep; one's own is kept in the own tenant. Who looks as another only looks.</summary>
    /// <param name="tenant">The tenant looked at; null for several.</param>
    public static Result<ViewHome> Of(string? tenant, bool isShared, Caller caller, string what) =>
        Find(tenant, isShared, caller) is var found && found.Error is NotAllowed ? caller.Refuse(what) : found;

    /// <summary>Whether there is one, for a page that offers it: nobody is refused anything.</summary>
    public static bool May(string? tenant, bool isShared, Caller caller) => Find(tenant, isShared, caller).Ok;

    private static Result<ViewHome> Find(string? tenant, bool isShared, Caller caller)
    {
        if (isShared) return tenant is null ? new InvalidView("Choose a tenant first: it is shared within one.") : caller.Can(Permission.ManageTenant, tenant) ? new ViewHome(tenant, SavedView.Everyone) : new NotAllowed();
        var reach = caller.ReachOf(Permission.ReadUsage);
        if (reach.IsNone || caller.Actor.OnBehalfOf is not null) return new NotAllowed();
        if (reach.IsPlatform) return new ViewHome(SavedView.Platform, caller.Name);
        if ((tenant ?? reach.Only) is not { } home) return new InvalidView("Choose a tenant first: it is kept in one.");
        return reach.Includes(home) ? new ViewHome(home, caller.Name) : new NotAllowed();
    }
}
