using AgentConsole.Access.Members;
using AgentConsole.Access.SignIn;
using AgentConsole.Shell;
using Microsoft.AspNetCore.Components;

namespace AgentConsole.Access.Pages;

/// <summary>A member's own ways in and sessions. Static, like signing in: it works while circuits do not.</summary>
public sealed partial class AccountPage
{
    private OwnAccount? account;
    private IReadOnlyList<(Role Role, string? Place)> roles = [];

    [CascadingParameter] private HttpContext Context { get; set; } = null!;
    [Inject] private MemberQueries Members { get; set; } = null!;
    [Inject] private SessionCookie Cookie { get; set; } = null!;
    [Inject] private NavigationManager Navigation { get; set; } = null!;

    protected override async Task OnInitializedAsync()
    {
        if (Context.User.MemberId() is not { } id) return;
        account = await Members.FindOwnAsync(id, Context.RequestAborted);
        roles = MemberClaims.Roles(Context.User);
    }

    private async Task SignOutAsync()
    {
        await Cookie.RemoveAsync(Context, Context.RequestAborted);
        Navigation.NavigateTo($"{Links.SignIn}?reason=signed-out");
    }
}
