using AgentConsole.Alerts;

namespace AgentConsole.Notify.Pages;

public static class NotifyPages
{
    /// <summary>Two tabs of the alerts page.</summary>
    public static IServiceCollection AddNotifyPages(this IServiceCollection services) => services
        .AddSingleton(new AlertTab(40, ChannelsTab.Name, "Channels", typeof(ChannelsTab)))
        .AddSingleton(new AlertTab(50, DeliveriesTab.Name, "Deliveries", typeof(DeliveriesTab)));
}
