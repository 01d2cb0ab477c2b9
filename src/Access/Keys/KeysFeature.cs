using AgentConsole.Access.Api;
using AgentConsole.Access.Pages;
using AgentConsole.Platform.Data;

namespace AgentConsole.Access.Keys;

/// <summary>API keys and tenants: the snapshot they are looked up in, their writes, endpoints and pages.</summary>
internal static class KeysFeature
{
    public static void AddKeys(this IServiceCollection services)
    {
        services.AddSingleton<CurrentAccess>();
        services.AddSingleton<FollowAccess>();
        services.AddHostedService(static provider => provider.GetRequiredService<FollowAccess>());
        services.AddSingleton<CountKeyUses>();
        services.AddHostedService(static provider => provider.GetRequiredService<CountKeyUses>());
        services.AddSingleton<AccessChanges>();
        services.AddSingleton<KeyQueries>();
        services.AddWrite(static (contexts, changes, time) => new CreateKey(contexts, changes, time));
        services.AddWrite(static (contexts, changes, time) => new RotateKey(contexts, changes, time));
        services.AddWrite(static (contexts, changes, time) => new RevokeKey(contexts, changes, time));
        services.AddWrite(static (contexts, changes, time) => new CreateTenant(contexts, changes, time));
        services.AddWrite(static (contexts, changes, time) => new SaveTenant(contexts, changes, time));
        services.AddWrite(static (contexts, changes, time) => new SuspendTenant(contexts, changes, time));
        services.AddWrite(static (contexts, changes, _) => new ResumeTenant(contexts, changes));
        services.AddAccessPages();
    }

    public static void MapKeys(this IEndpointRouteBuilder app)
    {
        KeyEndpoints.Map(app);
        TenantEndpoints.Map(app);
    }

    private static void AddWrite<T>(this IServiceCollection services, Func<Contexts, AccessChanges, TimeProvider, T> make) where T : class =>
        services.AddSingleton(provider => make(provider.GetRequiredService<Contexts>(), provider.GetRequiredService<AccessChanges>(), provider.GetRequiredService<TimeProvider>()));
}
