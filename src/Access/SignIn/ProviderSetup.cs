using System.Net.Http.Headers;
using System.Security.Claims;
using System.Text.Json;
using AgentConsole.Platform.Http;
using AgentConsole.Shell;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.OAuth;

namespace AgentConsole.Access.SignIn;

/// <summary>The framework's OAuth handler: code flow, PKCE, a correlation cookie, then userinfo. What the person is here is decided later, by <see cref="SignInWithProvider"/>.</summary>
internal static class ProviderSetup
{
    public const string Scheme = "provider";
    public const string CallbackPath = "/sign-in/callback";
    public const string VerifiedClaim = "email-verified";
    public const string GroupClaim = "group";

    public static void AddProvider(this AuthenticationBuilder builder, ExternalProvider provider) => builder.AddOAuth(Scheme, provider.DisplayName, options =>
    {
        options.SignInScheme = MemberCookies.External;
        options.ClientId = provider.ClientId;
        options.ClientSecret = provider.ClientSecret;
        options.AuthorizationEndpoint = provider.AuthorizationEndpoint.ToString();
        options.TokenEndpoint = provider.TokenEndpoint.ToString();
        options.UserInformationEndpoint = provider.UserInformationEndpoint.ToString();
        options.CallbackPath = CallbackPath;
        options.UsePkce = true;
        options.SaveTokens = false;
        options.Scope.Clear();
        foreach (var scope in provider.Scopes) options.Scope.Add(scope);
        options.CorrelationCookie.Name = "console-oauth.";
        options.CorrelationCookie.SameSite = SameSiteMode.Lax;
        options.CorrelationCookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
        options.Events.OnCreatingTicket = context => ReadPersonAsync(context, provider);
        options.Events.OnRemoteFailure = static context =>
        {
            context.Response.Redirect($"{Links.SignIn}?reason=provider");
            context.HandleResponse();
            return Task.CompletedTask;
        };
    });

    private static async Task ReadPersonAsync(OAuthCreatingTicketContext context, ExternalProvider provider)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, context.Options.UserInformationEndpoint);
        request.Headers.Accept.Add(new("application/json"));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", context.AccessToken);
        using var response = await context.Backchannel.SendAsync(request, context.HttpContext.RequestAborted);
        response.EnsureSuccessStatusCode();
        using var person = JsonDocument.Parse(await response.Content.ReadAsStringAsync(context.HttpContext.RequestAborted));
        var root = person.RootElement;
        Add(context.Identity!, ClaimTypes.NameIdentifier, Text(root, "sub") ?? Text(root, "id"));
        Add(context.Identity!, ClaimTypes.Email, Text(root, "email"));
        Add(context.Identity!, ClaimTypes.Name, Text(root, "name"));
        Add(context.Identity!, VerifiedClaim, Text(root, "email_verified"));
        // Only those that mean something here: a person may be in thousands, and this travels in a cookie.
        var known = provider.GroupRoles.Select(static rule => rule.Group).ToHashSet(StringComparer.Ordinal);
        foreach (var group in Groups(root, provider.GroupsClaim).Where(known.Contains).Distinct()) Add(context.Identity!, GroupClaim, group);
    }

    private static void Add(ClaimsIdentity identity, string type, string? value)
    {
        if (value is { Length: > 0 }) identity.AddClaim(new(type, value));
    }

    /// <summary>A text, a number or true; any of them as text.</summary>
    private static string? Text(JsonElement person, string name) => person.TryGetProperty(name, out var value) ? value.ValueKind switch
    {
        JsonValueKind.String => value.GetString(),
        JsonValueKind.Number => value.GetRawText(),
        JsonValueKind.True => "true",
        _ => null,
    } : null;

    private static IEnumerable<string> Groups(JsonElement person, string claim) => person.TryGetProperty(claim, out var value) ? value.ValueKind switch
    {
        JsonValueKind.Array => value.EnumerateArray().Where(static one => one.ValueKind == JsonValueKind.String).Select(static one => one.GetString()!),
        JsonValueKind.String => value.GetString()!.Split(' ', StringSplitOptions.RemoveEmptyEntries),
        _ => [],
    } : [];
}
