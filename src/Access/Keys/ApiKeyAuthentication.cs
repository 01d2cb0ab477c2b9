using System.Security.Claims;
using System.Security.Cryptography;
using System.Text.Encodings.Web;
using AgentConsole.Platform;
using AgentConsole.Platform.Http;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.Extensions.Options;

namespace AgentConsole.Access.Keys;

/// <summary>
/// <c>Authorization: Bearer &lt;api key&gt;</c>, against the keys that this node holds: no I/O. Nothing else that a request says of itself counts.
/// A key that is known and may not do something is 403 with the reason; any other is 401 without one.
/// </summary>
internal sealed class ApiKeyAuthentication(
    IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder, AccessOptions access, CurrentAccess current, CountKeyUses uses, TimeProvider time)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    public const string SchemeName = "ApiKey";
    private const string Prefix = "Bearer ";
    private static readonly TimeSpan RetryStore = TimeSpan.FromSeconds(5);

    private LiveKey? _notFromHere, _suspended;

    protected override Task<AuthenticateResult> HandleAuthenticateAsync() => Task.FromResult(Authenticate());

    private AuthenticateResult Authenticate()
    {
        var header = Request.Headers.Authorization.ToString();
        if (!header.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase)) return AuthenticateResult.NoResult();
        var text = header[Prefix.Length..].Trim();
        if (access.BootstrapKey is { } bootstrap && CryptographicOperations.FixedTimeEquals(KeySecret.Hash(text), KeySecret.Hash(bootstrap)))
            return Succeed(new ClaimsIdentity(Caller.KeyAsClaims("key:bootstrap", tenant: null, Scopes.All), SchemeName));
        if (current.Ring is not { } ring) return AuthenticateResult.Fail("Keys not read yet");
        var now = time.GetUtcNow();
        if (ring.Find(text, now) is not { } key) return AuthenticateResult.Fail("Unknown key");
        return Admit(key, ring, now);
    }

    private AuthenticateResult Admit(LiveKey key, KeyRing ring, DateTimeOffset now)
    {
        if (!key.IsOpenTo(Context.Connection.RemoteIpAddress))
        {
            _notFromHere = key;
            return Succeed(new ClaimsIdentity([new(ClaimTypes.NameIdentifier, $"key:{key.Prefix}")], SchemeName));
        }
        var isSuspended = ring.IsSuspended(key.Tenant);
        if (isSuspended && key.Scopes.Contains(Scopes.Ingest)) _suspended = key;
        uses.Count(key, now);
        return Succeed(key.Identity(SchemeName, isSuspended));
    }

    private static AuthenticateResult Succeed(ClaimsIdentity identity) => AuthenticateResult.Success(new(new ClaimsPrincipal(identity), SchemeName));

    protected override Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        if (current.Ring is null && Request.Headers.Authorization.Count > 0)
        {
            Problems.SetRetryAfter(Context, RetryStore);
            return AnswerAsync(StatusCodes.Status503ServiceUnavailable, new KeysNotRead());
        }
        Response.Headers.WWWAuthenticate = "Bearer";
        return AnswerAsync(StatusCodes.Status401Unauthorized, new NotSignedIn());
    }

    protected override Task HandleForbiddenAsync(AuthenticationProperties properties) => AnswerAsync(StatusCodes.Status403Forbidden, this switch
    {
        { _notFromHere: not null } => new KeyNotFromHere(),
        { _suspended.Tenant: { } tenant } when IsIngestion => new TenantIsSuspended(tenant),
        _ => new KeyLacksScope(),
    });

    private bool IsIngestion => Context.GetEndpoint()?.Metadata.GetOrderedMetadata<IAuthorizeData>().Any(static data => data.Policy == Permission.IngestUsage.Policy()) == true;

    private Task AnswerAsync(int status, Error error)
    {
        Response.StatusCode = status;
        return Response.WriteAsJsonAsync(Problems.Details(error.Code, error.Message, status, Context), options: null, contentType: "application/problem+json");
    }
}
