using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Logging;

namespace AgentConsole.Tests.Access.SignIn;

/// <summary>A small authorization server on a real socket: authorization code with PKCE, which it insists on, and userinfo. <see cref="Person"/> is whoever sits at its browser.</summary>
internal sealed class AuthorizationServer : IAsyncDisposable
{
    public const string ClientId = "console";
    public const string ClientSecret = "secret-of-the-client";

    private readonly WebApplication _app;
    private readonly ConcurrentDictionary<string, (string Challenge, string RedirectUri, object Person)> _codes = new();
    private readonly ConcurrentDictionary<string, object> _tokens = new();

    private AuthorizationServer(WebApplication app) => _app = app;

    /// <summary>What userinfo answers.</summary>
    public object Person { get; set; } = new { };

    /// <summary>Without a trailing slash.</summary>
    public string Address => _app.Urls.First();

    public static async Task<AuthorizationServer> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        var server = new AuthorizationServer(builder.Build());
        server._app.MapGet("/authorize", (Delegate)server.Authorize);
        server._app.MapPost("/token", (Delegate)server.TokenAsync);
        server._app.MapGet("/userinfo", (Delegate)server.UserInfo);
        await server._app.StartAsync();
        return server;
    }

    public Dictionary<string, string?> Settings(params (string Group, string Role, string? Tenant)[] roles)
    {
        var settings = new Dictionary<string, string?>
        {
            ["Access:OAuth:Name"] = "idp",
            ["Access:OAuth:DisplayName"] = "Example ID",
            ["Access:OAuth:AuthorizationEndpoint"] = $"{Address}/authorize",
            ["Access:OAuth:TokenEndpoint"] = $"{Address}/token",
            ["Access:OAuth:UserInformationEndpoint"] = $"{Address}/userinfo",
            ["Access:OAuth:ClientId"] = ClientId,
            ["Access:OAuth:ClientSecret"] = ClientSecret,
        };
        foreach (var (index, (group, role, tenant)) in roles.Index())
        {
            settings[$"Access:OAuth:GroupRoles:{index}:Group"] = group;
            settings[$"Access:OAuth:GroupRoles:{index}:Role"] = role;
            settings[$"Access:OAuth:GroupRoles:{index}:Tenant"] = tenant;
        }
        return settings;
    }

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    private IResult Authorize(HttpContext context)
    {
        var query = context.Request.Query;
        if (query["client_id"] != ClientId || query["response_type"] != "code" || query["code_challenge_method"] != "S256" || query["code_challenge"].ToString().Length < 43)
            return Results.BadRequest();
        var code = Convert.ToHexString(RandomNumberGenerator.GetBytes(16));
        _codes[code] = (query["code_challenge"]!, query["redirect_uri"]!, Person);
        return Results.Redirect(QueryHelpers.AddQueryString(query["redirect_uri"]!, new Dictionary<string, string?> { ["code"] = code, ["state"] = query["state"] }));
    }

    /// <summary>A code is good once, for the client and the address it was made for, and for whoever has the verifier of its challenge.</summary>
    private async Task<IResult> TokenAsync(HttpContext context)
    {
        var form = await context.Request.ReadFormAsync();
        if (form["client_id"] != ClientId || form["client_secret"] != ClientSecret || form["grant_type"] != "authorization_code" || !_codes.TryRemove(form["code"].ToString(), out var given)
            || given.RedirectUri != form["redirect_uri"] || given.Challenge != WebEncoders.Base64UrlEncode(SHA256.HashData(Encoding.ASCII.GetBytes(form["code_verifier"].ToString()))))
            return Results.Json(new { error = "invalid_grant" }, statusCode: 400);
        var token = Convert.ToHexString(RandomNumberGenerator.GetBytes(16));
        _tokens[token] = given.Person;
        return Results.Json(new { access_token = token, token_type = "Bearer", expires_in = 60 });
    }

    private IResult UserInfo(HttpContext context) =>
        _tokens.TryGetValue(context.Request.Headers.Authorization.ToString().Replace("Bearer ", "", StringComparison.Ordinal), out var person) ? Results.Json(person) : Results.Unauthorized();
}
