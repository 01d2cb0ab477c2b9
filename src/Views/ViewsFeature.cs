namespace AgentConsole.Views;

/// <summary>Addresses of pages under names: one's own, and a tenant's.</summary>
public static class ViewsFeature
{
    public static void AddViews(this IHostApplicationBuilder builder)
    {
        builder.Services.AddSingleton<SaveView>();
        builder.Services.AddSingleton<DeleteView>();
        builder.Services.AddSingleton<ViewQueries>();
    }
}
