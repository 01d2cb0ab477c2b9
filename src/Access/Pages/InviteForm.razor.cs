using AgentConsole.Access.Members;
using AgentConsole.Access.SignIn;
using Microsoft.AspNetCore.Components;

namespace AgentConsole.Access.Pages;

public sealed partial class InviteForm
{
    private string email = "";
    private Role role = Role.TenantViewer;
    private string? place;
    private string? problem;
    private string? invited;
    private string? link;

    [Parameter, EditorRequired] public required MembersView View { get; set; }
    [Parameter] public string? Tenant { get; set; }
    [Parameter] public EventCallback Changed { get; set; }
    [Inject] private InviteMember Invite { get; set; } = null!;
    [Inject] private CurrentCaller Current { get; set; } = null!;
    [Inject] private NavigationManager Navigation { get; set; } = null!;

    private IEnumerable<Role> Offered => View.Caller.CanOnPlatform(Permission.ManageMembers) ? Enum.GetValues<Role>() : [Role.TenantViewer, Role.TenantAdmin];

    protected override void OnParametersSet() => place ??= View.Tenants.FirstOrDefault(choice => choice.Id == Tenant)?.Id ?? (View.Tenants.Count > 0 ? View.Tenants[0].Id : null);

    private async Task InviteAsync()
    {
        (problem, link) = (null, null);
        var caller = await Current.ReadAsync();
        var made = await Invite.ExecuteAsync(caller, email, role, place, CancellationToken.None);
        if (!made.Ok)
        {
            problem = made.Error.Message;
            return;
        }
        (invited, link, email) = (made.Value.Email, $"{Navigation.BaseUri}sign-in/invitation?token={made.Value.Secret}", "");
        await Changed.InvokeAsync();
    }
}
