using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;

namespace AgentConsole.Access.SignIn;

/// <summary>Puts the outcome of a sign-in into the browser.</summary>
internal sealed class SessionCookie(EndSession end)
{
    /// <summary>A new ticket, whatever the browser brought: the session it had ends, so that nobody rides on one that was planted.</summary>
    public async Task IssueAsync(HttpContext context, string ticket, CancellationToken cancellationToken)
    {
        var before = await context.AuthenticateAsync(MemberCookies.Session);
        if (before.Principal?.Session() is { } replaced) await end.ReplaceAsync(replaced, cancellationToken);
        await ForgetStepsAsync(context);
        await context.SignInAsync(MemberCookies.Session, new(new ClaimsIdentity([new(MemberCookies.TicketClaim, ticket)], MemberCookies.Session)));
    }

    /// <summary>The password was right; who it was is remembered for five minutes.</summary>
    public static Task IssueHalfWayAsync(HttpContext context, Guid member) => context.SignInAsync(MemberCookies.HalfWay,
        new(new ClaimsIdentity([new(MemberCookies.SubjectClaim, member.ToString())], MemberCookies.HalfWay)));

    public static async Task<Guid?> HalfWayAsync(HttpContext context)
    {
        var half = await context.AuthenticateAsync(MemberCookies.HalfWay);
        return Guid.TryParse(half.Principal?.FindFirstValue(MemberCookies.SubjectClaim), out var id) ? id : null;
    }

    /// <summary>The member signed in with this request; null for none.</summary>
    public static async Task<ClaimsPrincipal?> MemberAsync(HttpContext context) => (await context.AuthenticateAsync(MemberCookies.Session)).Principal;

    /// <summary>Ends the session and takes the cookie away.</summary>
    public async Task RemoveAsync(HttpContext context, CancellationToken cancellationToken)
    {
        if (await MemberAsync(context) is { } member && member.Session() is { } session) await end.ExecuteAsync(member, session, cancellationToken);
        await ForgetStepsAsync(context);
        await context.SignOutAsync(MemberCookies.Session);
    }

    private static async Task ForgetStepsAsync(HttpContext context)
    {
        foreach (var step in new[] { MemberCookies.HalfWay, MemberCookies.Passkey, MemberCookies.External }) await context.SignOutAsync(step);
    }
}
