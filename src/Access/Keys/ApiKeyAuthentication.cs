using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using AgentConsole.Platform.Http;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;

namespace AgentConsole.Access.Keys;

/// <summary><c>Authorization: Bearer &lt;api key&gt;</c>. Compared in constant time, by hash, so that length tells nothing either.</summary>
internal sealed class ApiKeyAuthentication(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder, AccessOptions access)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    public const string SchemeName = "ApiKey";
    private const string Prefix = "Bearer ";

    protected override Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        var header = Request.Headers.Authorization.ToString();
        if (!header.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase)) return Task.FromResult(AuthenticateResult.NoResult());
        if (access.BootstrapKey is not { } key || !Same(header[Prefix.Length..].Trim(), key)) return Task.FromResult(AuthenticateResult.Fail("Unknown key"));
        var identity = new ClaimsIdentity([new(ClaimTypes.NameIdentifier, "bootstrap"), .. Scopes.All.Select(static scope => new Claim(Scopes.ScopeClaim, scope))], SchemeName);
        return Task.FromResult(AuthenticateResult.Success(new(new ClaimsPrincipal(identity), SchemeName)));
    }

    protected override async Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        Response.Headers.WWWAuthenticate = "Bearer";
        await AnswerAsync(StatusCodes.Status401Unauthorized, "unauthenticated", "An API key is needed: Authorization: Bearer <api key>. This one is missing, unknown or expired.");
    }

    protected override Task HandleForbiddenAsync(AuthenticationProperties properties) =>
        AnswerAsync(StatusCodes.Status403Forbidden, "forbidden", "This API key lacks the scope that this needs.");

    private Task AnswerAsync(int status, string code, string detail)
    {
        Response.StatusCode = status;
        return Response.WriteAsJsonAsync(Problems.Details(code, detail, status, Context), options: null, contentType: "application/problem+json");
    }

    private static bool Same(string a, string b) =>
        CryptographicOperations.FixedTimeEquals(SHA256.HashData(Encoding.UTF8.GetBytes(a)), SHA256.HashData(Encoding.UTF8.GetBytes(b)));
}
