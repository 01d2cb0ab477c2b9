using AgentConsole.Access;
using AgentConsole.Shell;

namespace AgentConsole.Jobs.Pages;

public static class JobsPages
{
    /// <summary>The schedule's place in the rail.</summary>
    public static IServiceCollection AddJobsPages(this IServiceCollection services) =>
        services.AddSingleton(new NavEntry(NavGroup.Admin, 40, "Jobs", Links.Jobs, "jobs", Permission.ReadPlatform.Policy()));
}
