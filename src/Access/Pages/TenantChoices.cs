using AgentConsole.Platform.Data;
using AgentConsole.Shell;

namespace AgentConsole.Access.Pages;

/// <summary>The tenants the switcher offers.</summary>
public sealed class TenantChoices(TenantQueries tenants) : ITenantChoices
{
    public async Task<IReadOnlyList<TenantChoice>> ListAsync(Reach reach, CancellationToken cancellationToken) =>
        [.. (await tenants.ListAsync(reach, cancellationToken)).Select(static tenant => new TenantChoice(tenant.TenantId, tenant.Name, tenant.TimeZone))];
}
