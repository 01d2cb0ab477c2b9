using AgentConsole.Shell;

namespace AgentConsole.Access.Pages;

public static class AccessPages
{
    /// <summary>Where keys and tenants stand in the rail.</summary>
    public static IServiceCollection AddAccessPages(this IServiceCollection services) => services
        .AddSingleton(new NavEntry(NavGroup.Control, 40, "Keys", Links.Keys, "keys", Permission.ReadKeys.Policy()))
        .AddSingleton(new NavEntry(NavGroup.Admin, 10, "Tenants", Links.Tenants, "tenants", Permission.ReadTenants.Policy()));
}
