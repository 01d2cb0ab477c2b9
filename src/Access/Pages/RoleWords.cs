namespace AgentConsole.Access.Pages;

internal static class RoleWords
{
    public static string Of(Role role) => role switch
    {
        Role.TenantViewer => "Viewer",
        Role.TenantAdmin => "Admin",
        Role.Support => "Support",
        Role.Operator => "Operator",
        _ => throw new ArgumentOutOfRangeException(nameof(role)),
    };

    public static string Means(Role role) => role switch
    {
        Role.TenantViewer => "sees usage, limits and budgets of one tenant",
        Role.TenantAdmin => "runs one tenant: members, keys, limits, budgets",
        Role.Support => "sees every tenant; acts on limits and keys",
        Role.Operator => "everything, everywhere",
        _ => throw new ArgumentOutOfRangeException(nameof(role)),
    };
}
