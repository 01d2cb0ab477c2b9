using AgentConsole.Access.Pages.ApiKeys;
using AgentConsole.Access.Pages.Tenants;
using AgentConsole.Access.Search;
using AgentConsole.Shell;
using AgentConsole.Shell.Search;

namespace AgentConsole.Access.Pages;

public static class AccessPages
{
    /// <summary>Where keys and tenants stand in the rail, and how they are found.</summary>
    public static IServiceCollection AddAccessPages(this IServiceCollection services) => services
        .AddSingleton(new NavEntry(NavGroup.Control, 40, "Keys", Links.Keys, "keys", Permission.ReadKeys.Policy()))
        .AddSingleton(new NavEntry(NavGroup.Admin, 10, "Tenants", Links.Tenants, "tenants", Permission.ReadTenants.Policy()))
        .AddSingleton<ISearchSource, SearchKeys>()
        .AddSingleton<ISearchSource, SearchTenants>()
        .AddSingleton(new SearchAction(20, "Create an API key", "new", "keys", Permission.ManageKeys.Policy(), static frame => KeyLinks.ToCreate(frame.Url.To(Links.Keys)).ToString()))
        .AddSingleton(new SearchAction(40, "Create a tenant", "new customer", "tenants", Permission.ManageTenants.Policy(), static frame => frame.Url.To(Links.Tenants).With("tab", TenantsPage.Create).ToString()));
}
