using AgentConsole.Access.Search;
using AgentConsole.Shell;
using AgentConsole.Shell.Search;

namespace AgentConsole.Access.Pages;

public static class MemberPages
{
    /// <summary>The members page's place in the rail, the person's in the top bar, and how members are found.</summary>
    public static IServiceCollection AddMemberPages(this IServiceCollection services) => services
        .AddSingleton(new NavEntry(NavGroup.Admin, 20, "Members", Links.Members, "members", Permission.ReadMembers.Policy()))
        .AddSingleton<ISearchSource, SearchMembers>()
        .AddSingleton(new SearchAction(30, "Invite a member", "new person user", "members", Permission.ManageMembers.Policy(), static frame => MemberTabs.To(frame.Url.To(Links.Members), MemberTabs.Invite).ToString()))
        .AddSingleton(new SearchAction(50, "View as a tenant…", "impersonate look customer support", "eye", Permission.ViewAs.Policy(), static frame => Links.ViewAs(frame.Tenant)))
        .AddSingleton(new SearchAction(60, "Your account", "password passkey second factor sessions sign out", "members", null, static _ => Links.Account))
        .AddSingleton(new FrameBanner(typeof(ViewBanner)))
        .AddSingleton(new TopBarPart(typeof(PersonMenu)));
}
