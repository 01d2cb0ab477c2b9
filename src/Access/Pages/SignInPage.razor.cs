using AgentConsole.Access.SignIn;
using Microsoft.AspNetCore.Components;

namespace AgentConsole.Access.Pages;

/// <summary>The first step. Without a circuit, and without script but for passkeys.</summary>
public sealed partial class SignInPage
{
    private string? problem;

    [CascadingParameter] private HttpContext Context { get; set; } = null!;
    [SupplyParameterFromQuery] private string? ReturnUrl { get; set; }
    [SupplyParameterFromQuery] private string? Reason { get; set; }
    [SupplyParameterFromForm(FormName = "sign-in")] private string? Email { get; set; }
    [SupplyParameterFromForm(FormName = "sign-in")] private string? Password { get; set; }
    [SupplyParameterFromForm(FormName = "passkey")] private string? Credential { get; set; }
    [Inject] private AccessOptions Options { get; set; } = null!;
    [Inject] private SignInWithPassword WithPassword { get; set; } = null!;
    [Inject] private Passkeys WithPasskey { get; set; } = null!;
    [Inject] private SessionCookie Cookie { get; set; } = null!;
    [Inject] private NavigationManager Navigation { get; set; } = null!;

    private string ProviderLink => $"/sign-in/provider?returnUrl={Uri.EscapeDataString(LocalUrl.Of(ReturnUrl))}";

    /// <summary>Why one is here, in words of ours: the address carries only a code.</summary>
    private string? Told => Reason switch
    {
        "ended" => "Your session has ended: it was revoked, your roles were taken away, or it was not used for long.",
        "signed-out" => "You are signed out.",
        "reset" => "The new password holds. Sign in with it.",
        "provider" => new ProviderRefused(Options.Provider?.DisplayName ?? "The provider").Message,
        "provider_refused" => new ProviderRefused(Options.Provider?.DisplayName ?? "The provider").Message,
        "address_taken" => new AddressTaken(Options.Provider?.DisplayName ?? "the provider").Message,
        "no_role" => new NoRole().Message,
        _ => null,
    };

    protected override async Task OnInitializedAsync()
    {
        if (HttpMethods.IsGet(Context.Request.Method) && await SessionCookie.MemberAsync(Context) is not null) Navigation.NavigateTo(LocalUrl.Of(ReturnUrl));
    }

    private async Task SubmitAsync()
    {
        var step = await WithPassword.ExecuteAsync(Email ?? "", Password ?? "", Visitor.Of(Context), Context.RequestAborted);
        if (!step.Ok) problem = step.Error.Message;
        else await GoOnAsync(step.Value);
    }

    private async Task SubmitPasskeyAsync()
    {
        var step = await WithPasskey.SignInAsync(Context, Credential ?? "", Context.RequestAborted);
        if (!step.Ok) problem = step.Error.Message;
        else await GoOnAsync(step.Value);
    }

    private async Task GoOnAsync(SignInStep step)
    {
        var next = LocalUrl.Of(ReturnUrl);
        if (step.Ticket is { } ticket)
        {
            await Cookie.IssueAsync(Context, ticket, Context.RequestAborted);
            Navigation.NavigateTo(next);
            return;
        }
        await SessionCookie.IssueHalfWayAsync(Context, step.Member);
        Navigation.NavigateTo($"/sign-in/code?returnUrl={Uri.EscapeDataString(next)}");
    }
}
