using AgentConsole.Access.SignIn;
using AgentConsole.Platform.Data;
using AgentConsole.Shell;
using Microsoft.AspNetCore.Components;

namespace AgentConsole.Access.Pages;

/// <summary>Where staff begin to look at the console as a tenant does. Static: a form with its own token, and no circuit that would go on with other rights.</summary>
public sealed partial class ViewAsPage
{
    private static readonly Role[] Roles = [Role.TenantAdmin, Role.TenantViewer];

    private IReadOnlyList<Tenant> tenants = [];
    private string? problem;

    [CascadingParameter] private HttpContext Context { get; set; } = null!;
    /// <summary>Offered first.</summary>
    [SupplyParameterFromQuery] private string? Tenant { get; set; }
    [SupplyParameterFromForm(FormName = "view-as")] private string? Place { get; set; }
    [SupplyParameterFromForm(FormName = "view-as")] private Role? As { get; set; }
    [SupplyParameterFromForm(FormName = "view-as")] private string? Reason { get; set; }
    [Inject] private TenantQueries Tenants { get; set; } = null!;
    [Inject] private StartViewAs Start { get; set; } = null!;
    [Inject] private NavigationManager Navigation { get; set; } = null!;

    /// <summary>The tenant of the address is offered even where the list, which has an end, does not have it.</summary>
    protected override async Task OnInitializedAsync()
    {
        var reach = Caller.Of(Context).ReachOf(Permission.ViewAs);
        tenants = await Tenants.ListAsync(reach, Context.RequestAborted);
        if (Tenant is not null && tenants.All(one => one.TenantId != Tenant) && await Tenants.FindAsync(reach, Tenant, Context.RequestAborted) is { } named) tenants = [named, .. tenants];
    }

    private async Task StartAsync()
    {
        problem = (await Start.ExecuteAsync(Context.User, Place ?? "", As ?? default, Reason ?? "", Context.RequestAborted))?.Message;
        if (problem is null) Navigation.NavigateTo(PageUrl.Parse(Links.Overview).With("tenant", Place!).ToString());
    }
}
