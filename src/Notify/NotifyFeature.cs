using AgentConsole.Access;
using AgentConsole.Jobs;
using AgentConsole.Notify.Api;
using AgentConsole.Notify.Pages;
using AgentConsole.Notify.Sending;
using AgentConsole.Platform;
using AgentConsole.Platform.Data;
using AgentConsole.Platform.Http;

namespace AgentConsole.Notify;

/// <summary>Tells people outside of the console: channels, an outbox that is written with what it tells of, and a sender that does not give up easily.</summary>
public static class NotifyFeature
{
    public static IReadOnlyList<ScheduledJob> Jobs => [ExpireDeliveriesJob.Schedule];

    /// <param name="sends">Whether this node sends: those do that run jobs.</param>
    public static void AddNotify(this IHostApplicationBuilder builder, NotifyOptions options, bool sends)
    {
        var services = builder.Services;
        services.AddSingleton(options);
        services.AddSingleton<ChannelSeal>();
        services.AddSingleton<ChannelChanges>();
        services.AddSingleton<ChannelQueries>();
        services.AddSingleton<EnqueueMessages>();
        services.AddSingleton(static provider => new CreateChannel(
            provider.GetRequiredService<Contexts>(), provider.GetRequiredService<ChannelChanges>(), provider.GetRequiredService<ChannelSeal>(), provider.GetRequiredService<OutboundGuard>(),
            provider.GetRequiredService<NotifyOptions>(), provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton(static provider => new ChangeChannel(
            provider.GetRequiredService<Contexts>(), provider.GetRequiredService<ChannelChanges>(), provider.GetRequiredService<ChannelSeal>(), provider.GetRequiredService<OutboundGuard>(),
            provider.GetRequiredService<NotifyOptions>()));
        services.AddSingleton(static provider => new RemoveChannel(provider.GetRequiredService<Contexts>(), provider.GetRequiredService<ChannelChanges>(), provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton(static provider => new RotateChannelSecret(
            provider.GetRequiredService<Contexts>(), provider.GetRequiredService<ChannelChanges>(), provider.GetRequiredService<ChannelSeal>(), provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton(static provider => new TestChannel(provider.GetRequiredService<Contexts>(), provider.GetRequiredService<ChannelChanges>(), provider.GetRequiredService<EnqueueMessages>()));
        services.AddSingleton(static provider => new RedeliverMessage(provider.GetRequiredService<Contexts>(), provider.GetRequiredService<ChannelChanges>(), provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<Outbox>();
        services.AddHttpClient(CallHook.ClientName).RemoveAllLoggers();
        services.AddSingleton<CallHook>();
        services.AddSingleton<SendEmail>();
        services.AddSingleton<SendMessages>();
        if (sends) services.AddHostedService(static provider => provider.GetRequiredService<SendMessages>());
        services.AddNotifyPages();
    }

    public static void MapNotify(this IEndpointRouteBuilder app) => NotifyEndpoints.Map(app);
}
