using AgentConsole.Shell;

namespace AgentConsole.Access.Pages;

internal static class AuditPages
{
    /// <summary>The audit's place in the rail.</summary>
    public static IServiceCollection AddAuditPages(this IServiceCollection services) => services
        .AddSingleton(new NavEntry(NavGroup.Admin, 30, "Audit", Links.Audit, "audit", Permission.ReadAudit.Policy()));
}
