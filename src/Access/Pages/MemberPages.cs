using AgentConsole.Shell;

namespace AgentConsole.Access.Pages;

public static class MemberPages
{
    /// <summary>The members page's place in the rail, and the person's in the top bar.</summary>
    public static IServiceCollection AddMemberPages(this IServiceCollection services) => services
        .AddSingleton(new NavEntry(NavGroup.Admin, 20, "Members", Links.Members, "members", Permission.ReadMembers.Policy()))
        .AddSingleton(new TopBarPart(typeof(PersonMenu)));
}
