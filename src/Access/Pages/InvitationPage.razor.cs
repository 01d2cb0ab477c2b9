using System.Security.Claims;
using AgentConsole.Access.Members;
using AgentConsole.Access.SignIn;
using AgentConsole.Shell;
using Microsoft.AspNetCore.Components;

namespace AgentConsole.Access.Pages;

/// <summary>Where the link of an invitation leads.</summary>
public sealed partial class InvitationPage
{
    private string? problem;
    private OpenInvitation? invitation;
    private ClaimsPrincipal? member;

    [CascadingParameter] private HttpContext Context { get; set; } = null!;
    [SupplyParameterFromQuery] private string? Token { get; set; }
    [SupplyParameterFromForm(FormName = "join")] private string? Name { get; set; }
    [SupplyParameterFromForm(FormName = "join")] private string? Password { get; set; }
    [Inject] private AcceptInvitation Accept { get; set; } = null!;
    [Inject] private SessionCookie Cookie { get; set; } = null!;
    [Inject] private NavigationManager Navigation { get; set; } = null!;

    private string SignInLink => $"{Links.SignIn}?returnUrl={Uri.EscapeDataString($"/sign-in/invitation?token={Token}")}";

    protected override async Task OnInitializedAsync()
    {
        invitation = await Accept.FindAsync(Token ?? "", Context.RequestAborted);
        if (invitation is null) problem = new LinkExpired().Message;
        member = await SessionCookie.MemberAsync(Context);
    }

    private async Task JoinAsync()
    {
        var ticket = await Accept.ExecuteAsync(Token ?? "", Name ?? "", Password ?? "", Visitor.Of(Context), Context.RequestAborted);
        if (!ticket.Ok)
        {
            problem = ticket.Error.Message;
            return;
        }
        await Cookie.IssueAsync(Context, ticket.Value, Context.RequestAborted);
        Navigation.NavigateTo(Links.Overview);
    }

    private async Task TakeAsync()
    {
        if (member is null) return;
        var error = await Accept.ExecuteAsync(Token ?? "", member, Visitor.Of(Context), Context.RequestAborted);
        if (error is null) Navigation.NavigateTo(Links.Overview);
        else problem = error.Message;
    }
}
