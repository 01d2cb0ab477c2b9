using AgentConsole.Shell;

namespace AgentConsole.Access.Pages;

/// <summary>The tenants the switcher offers.</summary>
public sealed class TenantChoices(TenantQueries tenants) : ITenantChoices
{
    public async Task<IReadOnlyList<TenantChoice>> ListAsync(CancellationToken cancellationToken) =>
        [.. (await tenants.ListAsync(cancellationToken)).Select(static tenant => new TenantChoice(tenant.TenantId, tenant.Name, tenant.TimeZone))];
}
