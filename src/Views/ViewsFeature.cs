using AgentConsole.Views.Pages;

namespace AgentConsole.Views;

/// <summary>Addresses of pages under names, and dashboards of them: one's own, and a tenant's.</summary>
public static class ViewsFeature
{
    public static void AddViews(this IHostApplicationBuilder builder)
    {
        builder.Services.AddSingleton<SaveView>();
        builder.Services.AddSingleton<DeleteView>();
        builder.Services.AddSingleton<ViewQueries>();
        builder.Services.AddSingleton<SaveDashboard>();
        builder.Services.AddSingleton<DeleteDashboard>();
        builder.Services.AddSingleton<DashboardQueries>();
        builder.Services.AddViewsPages();
    }
}
