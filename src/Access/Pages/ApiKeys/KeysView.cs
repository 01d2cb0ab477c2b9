using AgentConsole.Shell;

namespace AgentConsole.Access.Pages.ApiKeys;

/// <summary>What the keys page shows.</summary>
/// <param name="Selected">The key that the URL names; null when there is none, or none for the visitor.</param>
/// <param name="Places">Tenants that the visitor may make keys of.</param>
/// <param name="Caller">The visitor, as of this pull: what is offered; every deed asks again.</param>
public sealed record KeysView(KeyPage Page, KeyRow? Selected, IReadOnlyList<TenantChoice> Places, Caller Caller, DateTimeOffset Now)
{
    public bool MayCreate => Caller.CanSomewhere(Permission.ManageKeys);

    public bool MayChange(KeyRow key) => key.Tenant is { } tenant ? Caller.Can(Permission.ManageKeys, tenant) : Caller.CanOnPlatform(Permission.ManageKeys);

    public bool MayRotate(KeyRow key) => MayChange(key) && key.State.IsLive() && key.RotatedTo is null && key.Scopes.All(scope => Caller.MayGive(scope, key.Tenant));
}

/// <summary>The keys page's own parameters.</summary>
public static class KeyLinks
{
    public const string Create = "create";

    /// <summary>What belongs to one view of the page and is dropped on the way to another.</summary>
    public static readonly string[] Own = ["tab", "key", "cursor"];

    public static PageUrl ToList(PageUrl url) => url.Without(Own);

    public static PageUrl ToCreate(PageUrl url) => ToList(url).With("tab", Create);

    public static PageUrl ToKey(PageUrl url, string id) => url.Without("tab").With("key", id);
}
