using AgentConsole.Shell;

namespace AgentConsole.Access.Pages.ApiKeys;

internal static class KeyWords
{
    public static string Scope(string scope) => scope switch
    {
        Scopes.Ingest => "send usage in",
        Scopes.Read => "read usage, limits, budgets and prices",
        Scopes.Limits => "read and change limits and budgets",
        Scopes.Admin => "what an admin may: keys, members, settings, audit",
        _ => scope,
    };

    public static (string Word, string Tone) State(KeyState state) => state switch
    {
        KeyState.Active => ("active", "ok"),
        KeyState.Expiring => ("ends soon", "warning"),
        KeyState.Rotating => ("being rotated", "warning"),
        KeyState.Rotated => ("rotated", "unknown"),
        KeyState.Expired => ("expired", "unknown"),
        KeyState.Revoked => ("revoked", "critical"),
        _ => throw new ArgumentOutOfRangeException(nameof(state)),
    };

    public static string Place(KeyRow key) => key.Tenant ?? "the platform";

    /// <summary>What ends, in numbers.</summary>
    public static string Stops(KeyRow key, DateTimeOffset now) => (key.Requests24h, key.LastUsedAt) switch
    {
        (_, null) => "It was never used.",
        (0, { } at) => $"No request came with it in the last 24 hours; the last one {Format.Ago(now - at)}.",
        (1, { } at) => $"1 request came with it in the last 24 hours, {Format.Ago(now - at)}.",
        (var requests, { } at) => $"{Format.Count(requests)} requests came with it in the last 24 hours, the last one {Format.Ago(now - at)}.",
    };

    /// <summary>A first request that shows that the key works.</summary>
    public static string Example(NewKey made, string address)
    {
        var authorization = $"-H \"Authorization: Bearer {made.Secret}\"";
        if (made.Key.Scopes.Contains(Scopes.Ingest))
        {
            var tenant = made.Key.Tenant is null ? "\"tenant\":\"acme\"," : "";
            return $$$"""
                curl -X POST {{{address}}}/api/v1/usage {{{authorization}}} -H "Content-Type: application/json" \
                  -d '{"id":"evt-1",{{{tenant}}}"occurredAt":"'"$(date -u +%Y-%m-%dT%H:%M:%SZ)"'","provider":"anthropic","model":"claude-sonnet-4-5","usage":{"input":3,"output":120}}'
                """;
        }
        var path = made.Key.Scopes.Contains(Scopes.Read) || made.Key.Scopes.Contains(Scopes.Limits) && !made.Key.Scopes.Contains(Scopes.Admin) ? "/api/v1/usage/breakdown?groupBy=model" : "/api/v1/keys";
        return $"curl {authorization} \"{address}{path}\"";
    }
}
