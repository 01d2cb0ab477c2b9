using AgentConsole.Access.Members;
using AgentConsole.Platform.Data;
using AgentConsole.Shell;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.DataProtection.Repositories;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;

namespace AgentConsole.Access.SignIn;

/// <summary>Members: how they come in, what they are, and the cookies that remember it.</summary>
internal static class SignInFeature
{
    /// <summary>OWASP's figure for PBKDF2 with HMAC-SHA512.</summary>
    private const int HashRounds = 210_000;

    private static readonly TimeSpan BreachPatience = TimeSpan.FromSeconds(2);

    public static void AddSignIn(this IServiceCollection services, AccessOptions options, AuthenticationBuilder authentication)
    {
        AddProtection(services);
        authentication.AddMemberCookies();
        if (options.Provider is { } provider) authentication.AddProvider(provider);
        services.AddAntiforgery(static antiforgery =>
        {
            antiforgery.Cookie.Name = "console-form";
            antiforgery.Cookie.SameSite = SameSiteMode.Strict;
            antiforgery.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
        });
        AddIdentity(services);
        AddCommands(services);
        services.AddHttpClient(BreachRange.Client, static client => client.Timeout = BreachPatience);
        services.AddHostedService<MakeFirstOperator>();
        services.AddScoped<AuthenticationStateProvider, MemberAuthenticationState>();
        services.AddCascadingAuthenticationState();
    }

    /// <summary>Keys in the store, which all nodes share.</summary>
    private static void AddProtection(IServiceCollection services)
    {
        services.AddDataProtection().SetApplicationName("AgentConsole");
        services.AddSingleton<IXmlRepository, ProtectionKeys>();
        services.AddSingleton<IConfigureOptions<KeyManagementOptions>>(static provider =>
            new ConfigureOptions<KeyManagementOptions>(keys => keys.XmlRepository = provider.GetRequiredService<IXmlRepository>()));
    }

    private static void AddIdentity(IServiceCollection services)
    {
        services.AddIdentityCore<Member>().AddUserStore<PasskeyStore>();
        services.Configure<PasswordHasherOptions>(static hasher => hasher.IterationCount = HashRounds);
        services.AddSingleton<IPasswordHasher<Member>, PasswordHasher<Member>>();
        services.Configure<IdentityPasskeyOptions>(static passkeys =>
        {
            passkeys.UserVerificationRequirement = "required";
            passkeys.ResidentKeyRequirement = "required";
        });
        services.AddScoped<IPasskeyHandler<Member>, PasskeyHandler<Member>>();
        services.AddScoped<Passkeys>();
    }

    private static void AddCommands(IServiceCollection services)
    {
        foreach (var type in new[]
        {
            typeof(MemberDb), typeof(MemberScope), typeof(MemberSessions), typeof(EndViews), typeof(StartViewAs), typeof(StopViewAs), typeof(MemberQueries), typeof(SignInAudit), typeof(SessionCookie), typeof(EndSession), typeof(TotpKeys),
            typeof(PasswordRules), typeof(BreachRange), typeof(SignInWithPassword), typeof(SignInWithSecondFactor), typeof(SignInWithProvider), typeof(ConfirmPassword),
            typeof(ChangePassword), typeof(ResetPassword), typeof(SecondFactor), typeof(RemovePasskey), typeof(InviteMember), typeof(WithdrawInvitation), typeof(AcceptInvitation),
            typeof(ChangeRole), typeof(MakeResetLink),
        }) services.AddSingleton(type);
    }
}
