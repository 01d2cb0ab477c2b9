using AgentConsole.Access.Members;
using AgentConsole.Access.SignIn;
using AgentConsole.Shell;
using Microsoft.AspNetCore.Components;

namespace AgentConsole.Access.Pages;

/// <summary>Who has access, as what, and since when last seen; invites, changes and ends it.</summary>
public sealed partial class MembersPage
{
    [Inject] private MemberQueries Members { get; set; } = null!;
    [Inject] private CurrentCaller Current { get; set; } = null!;
    [Inject] private ITenantChoices Choices { get; set; } = null!;

    private string Tab => MemberTabs.Of(Url);

    protected override IReadOnlyList<string> ListensTo => [Topics.Members];

    protected override bool Owns(PageUrl url) => url.Path == Links.Members;

    protected override async Task<MembersView> PullAsync(CancellationToken cancellationToken)
    {
        var (url, tenant) = (Url, Frame.Tenant);
        var caller = await Current.ReadAsync();
        var selected = Guid.TryParse(url.Text("member"), out var id) ? await Members.FindAsync(caller, id, cancellationToken) : null;
        var sessions = selected is { IsManaged: true } ? await Members.ListSessionsAsync(caller, selected.Id, cancellationToken) : [];
        var tenants = await Choices.ListAsync(caller.ReachOf(Permission.ManageMembers), cancellationToken);
        return new(
            caller, await Members.ListAsync(caller, tenant, cancellationToken), await Members.ListInvitationsAsync(caller, tenant, cancellationToken), selected, sessions, tenants);
    }

    private static IEnumerable<(string Name, string Label)> Tabs(MembersView view)
    {
        yield return (MemberTabs.List, "Members");
        yield return (MemberTabs.Invitations, view.Invitations.Count == 0 ? "Invitations" : $"Invitations {view.Invitations.Count}");
        if (view.Caller.CanSomewhere(Permission.ManageMembers)) yield return (MemberTabs.Invite, "Invite");
    }
}
