using AgentConsole.Access.SignIn;
using Microsoft.AspNetCore.Components;

namespace AgentConsole.Access.Pages;

/// <summary>The second step, for whoever's password was right in this browser within five minutes.</summary>
public sealed partial class SecondFactorPage
{
    private string? problem;

    [CascadingParameter] private HttpContext Context { get; set; } = null!;
    [SupplyParameterFromQuery] private string? ReturnUrl { get; set; }
    [SupplyParameterFromForm(FormName = "code")] private string? Code { get; set; }
    [Inject] private SignInWithSecondFactor SecondStep { get; set; } = null!;
    [Inject] private SessionCookie Cookie { get; set; } = null!;
    [Inject] private NavigationManager Navigation { get; set; } = null!;

    private async Task SubmitAsync()
    {
        if (await SessionCookie.HalfWayAsync(Context) is not { } member)
        {
            problem = new StepExpired().Message;
            return;
        }
        var ticket = await SecondStep.ExecuteAsync(member, Code ?? "", Visitor.Of(Context), Context.RequestAborted);
        if (!ticket.Ok)
        {
            problem = ticket.Error.Message;
            return;
        }
        await Cookie.IssueAsync(Context, ticket.Value, Context.RequestAborted);
        Navigation.NavigateTo(LocalUrl.Of(ReturnUrl));
    }
}
