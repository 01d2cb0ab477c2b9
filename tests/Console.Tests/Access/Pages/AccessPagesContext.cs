using System.Security.Claims;
using AgentConsole.Access;
using AgentConsole.Alerts;
using AgentConsole.Shell;
using AgentConsole.Tests.Testing;
using Bunit;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.Extensions.DependencyInjection;

namespace AgentConsole.Tests.Access.Pages;

/// <summary>Pages over the real store, without a browser and as whoever the test says.</summary>
public abstract class AccessPagesContext : BunitContext
{
    private readonly Visitor _visitor = new();

    protected AccessPagesContext(SharedApp shared)
    {
        Shared = shared;
        JSInterop.Mode = JSRuntimeMode.Loose;
        Services.AddSingleton<AuthenticationStateProvider>(_visitor);
        Services.AddSingleton(new CurrentCaller(_visitor, shared.App.Get<Denials>()));
        Services.AddSingleton(new LiveState());
        // A list of services is not asked of the fallback.
        foreach (var tab in shared.App.Services.GetServices<AlertTab>()) Services.AddSingleton(tab);
        Services.AddFallbackServiceProvider(shared.App.Services);
    }

    private protected SharedApp Shared { get; }

    private protected string Tenant { get; } = $"t-{Guid.NewGuid():N}"[..16];

    /// <summary>From now on the visitor is someone with this role.</summary>
    private protected void Become(Role role, string? tenant = null) =>
        _visitor.User = new(new ClaimsIdentity([new(ClaimTypes.NameIdentifier, "member:ada"), Caller.RoleAsClaim(role, tenant)], "test"));

    /// <summary>A page at a URL, once what it shows is there; <paramref name="parameters"/> as the route has them.</summary>
    private protected IRenderedComponent<TPage> Open<TPage>(string url, params (string Name, object? Value)[] parameters) where TPage : IComponent
    {
        Services.GetRequiredService<NavigationManager>().NavigateTo(url);
        var permission = typeof(TPage).GetCustomAttributes(true).OfType<NeedsAttribute>().Single().Permission;
        var frame = Frame.Read(PageUrl.Parse(url), [], Caller.Of(_visitor.User).ReachOf(permission));
        var page = Render<TPage>(builder =>
        {
            builder.AddCascadingValue(frame);
            foreach (var (name, value) in parameters) builder.TryAdd(name, value);
        });
        page.WaitForState(() => page.FindAll(".bone").Count == 0, TimeSpan.FromSeconds(20));
        return page;
    }

    private protected string Url => new Uri(Services.GetRequiredService<NavigationManager>().Uri).PathAndQuery;

    private sealed class Visitor : AuthenticationStateProvider
    {
        public ClaimsPrincipal User { get; set; } = new();

        public override Task<AuthenticationState> GetAuthenticationStateAsync() => Task.FromResult(new AuthenticationState(User));
    }
}
