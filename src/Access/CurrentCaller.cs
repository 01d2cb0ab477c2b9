using AgentConsole.Platform.Data;
using AgentConsole.Shell;
using Microsoft.AspNetCore.Components.Authorization;

namespace AgentConsole.Access;

/// <summary>Who sits at the other end of a circuit, as of now: asked for each read and each deed, so that a right that was taken away is gone from then on.</summary>
public sealed class CurrentCaller(AuthenticationStateProvider authentication, Denials denials) : IVisitor
{
    public async ValueTask<Caller> ReadAsync() => Caller.Of((await authentication.GetAuthenticationStateAsync()).User).Reporting(denials);

    async ValueTask<Reach> IVisitor.ReachAsync(string? policy) =>
        Permissions.OfPolicy(policy) is { } permission ? (await ReadAsync()).ReachOf(permission) : Reach.None;

    IDisposable IVisitor.Follow(Action changed)
    {
        AuthenticationStateChangedHandler told = _ => changed();
        authentication.AuthenticationStateChanged += told;
        return new Following(() => authentication.AuthenticationStateChanged -= told);
    }

    private sealed class Following(Action stop) : IDisposable
    {
        public void Dispose() => stop();
    }
}
