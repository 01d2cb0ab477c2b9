using System.Security.Claims;
using AgentConsole.Platform.Http;
using AgentConsole.Shell;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;

namespace AgentConsole.Access.SignIn;

/// <summary>The cookies of members. Each scheme seals with a purpose of its own, so that none is taken for another.</summary>
internal static class MemberCookies
{
    /// <summary>Signed in. Holds a ticket and nothing else: who that is and what it may do is read from the store at every request.</summary>
    public const string Session = "member";
    /// <summary>The password was right, the second factor is asked for.</summary>
    public const string HalfWay = "member-half-way";
    /// <summary>Between the options of a passkey and its answer.</summary>
    public const string Passkey = "member-passkey";
    /// <summary>What a provider said, until it is made a sign-in.</summary>
    public const string External = "member-external";

    public const string TicketClaim = "ticket";
    public const string SubjectClaim = "subject";

    private static readonly TimeSpan StepLifetime = TimeSpan.FromMinutes(5);

    public static AuthenticationBuilder AddMemberCookies(this AuthenticationBuilder builder)
    {
        builder.AddCookie(Session, static options =>
        {
            Harden(options, "console-session", MemberSessions.Lifetime);
            options.LoginPath = Links.SignIn;
            options.ReturnUrlParameter = "returnUrl";
            options.Events.OnValidatePrincipal = ReadSessionAsync;
            options.Events.OnRedirectToLogin = static context => RedirectPageAsync(context, StatusCodes.Status401Unauthorized);
            options.Events.OnRedirectToAccessDenied = static context =>
            {
                context.Response.StatusCode = StatusCodes.Status403Forbidden;
                return Task.CompletedTask;
            };
        });
        foreach (var step in new[] { HalfWay, Passkey, External })
            builder.AddCookie(step, options => Harden(options, step.Replace("member", "console", StringComparison.Ordinal), StepLifetime));
        return builder;
    }

    /// <summary>Lax and not Strict: a link to a page of the console, from a mail or a chat, finds its reader signed in.</summary>
    private static void Harden(CookieAuthenticationOptions options, string name, TimeSpan lifetime)
    {
        options.Cookie.Name = name;
        options.Cookie.HttpOnly = true;
        options.Cookie.SameSite = SameSiteMode.Lax;
        options.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
        options.Cookie.Path = "/";
        options.CookieManager = new PrefixedCookies();
        options.ExpireTimeSpan = lifetime;
        options.SlidingExpiration = false;
    }

    private static async Task ReadSessionAsync(CookieValidatePrincipalContext context)
    {
        var services = context.HttpContext.RequestServices;
        var member = context.Principal?.FindFirstValue(TicketClaim) is { } ticket
            ? await services.GetRequiredService<MemberSessions>().FindAsync(ticket, context.HttpContext.RequestAborted)
            : null;
        if (member is not null)
        {
            context.ReplacePrincipal(member);
            return;
        }
        context.RejectPrincipal();
        await context.HttpContext.SignOutAsync(Session);
    }

    /// <summary>A browser that asks for a document goes to the sign-in page; a script, the circuit and everything else gets a status.</summary>
    private static Task RedirectPageAsync(RedirectContext<CookieAuthenticationOptions> context, int otherwise)
    {
        var isPage = HttpMethods.IsGet(context.Request.Method) && context.Request.Headers.Accept.ToString().Contains("text/html", StringComparison.Ordinal);
        // On this host, whatever it was called: the handler writes the whole address, with a name that anyone may have sent.
        if (isPage) context.Response.Redirect(Uri.TryCreate(context.RedirectUri, UriKind.Absolute, out var whole) ? whole.PathAndQuery : Links.SignIn);
        else context.Response.StatusCode = otherwise;
        return Task.CompletedTask;
    }
}
