using System.Security.Claims;
using AgentConsole.Shell;
using Microsoft.AspNetCore.Authentication;

namespace AgentConsole.Access.SignIn;

/// <summary>What of signing in is no page: the way to a provider and back, and the questions that a passkey answers.</summary>
internal static class SignInEndpoints
{
    private const string Done = "/sign-in/provider-done";

    public static void MapSignIn(this WebApplication app, AccessOptions options)
    {
        app.MapPost("/sign-in/passkey", static async (HttpContext context, Passkeys passkeys) => Options(await passkeys.AskAsync(context))).AllowAnonymous().ExcludeFromDescription();
        app.MapPost("/account/passkey", static async (HttpContext context, Passkeys passkeys, ClaimsPrincipal member) =>
                member.MemberId() is { } id ? Options(await passkeys.OfferAsync(context, id, member)) : Results.StatusCode(StatusCodes.Status403Forbidden))
            .RequireAuthorization(AccessFeature.PagesPolicy).ExcludeFromDescription();
        if (options.Provider is null) return;
        app.MapGet("/sign-in/provider", static (string? returnUrl) => Results.Challenge(
                new AuthenticationProperties { RedirectUri = $"{Done}?returnUrl={Uri.EscapeDataString(LocalUrl.Of(returnUrl))}" }, [ProviderSetup.Scheme]))
            .AllowAnonymous().ExcludeFromDescription();
        app.MapGet(Done, FinishAsync).AllowAnonymous().ExcludeFromDescription();
    }

    private static async Task<IResult> FinishAsync(HttpContext context, string? returnUrl, SignInWithProvider signIn, SessionCookie cookie, CancellationToken cancellationToken)
    {
        var person = (await context.AuthenticateAsync(MemberCookies.External)).Principal;
        await context.SignOutAsync(MemberCookies.External);
        if (person is null) return Results.Redirect($"{Links.SignIn}?reason=provider");
        var step = await signIn.ExecuteAsync(person, Visitor.Of(context), cancellationToken);
        if (!step.Ok) return Results.Redirect($"{Links.SignIn}?reason={step.Error.Code}");
        await cookie.IssueAsync(context, step.Value.Ticket!, cancellationToken);
        return Results.LocalRedirect(LocalUrl.Of(returnUrl));
    }

    private static IResult Options(string json) => Results.Text(json, "application/json");
}
