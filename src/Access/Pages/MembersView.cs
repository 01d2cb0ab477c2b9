using AgentConsole.Access.Members;
using AgentConsole.Shell;

namespace AgentConsole.Access.Pages;

/// <param name="Caller">As of the reading: what the page offers follows it, and every handler asks again.</param>
/// <param name="Selected">The member of the address; null when none is named, or none that the reader may know of.</param>
public sealed record MembersView(
    Caller Caller, IReadOnlyList<MemberRow> Members, IReadOnlyList<InvitationRow> Invitations, MemberRow? Selected, IReadOnlyList<SessionRow> Sessions, IReadOnlyList<TenantChoice> Tenants)
{
    /// <summary>Whether to offer it; the command decides.</summary>
    public bool MayChange(Role role, string place) => MemberScope.MayGive(Caller, role, place);
}

internal static class MemberTabs
{
    public const string List = "members";
    public const string Invitations = "invitations";
    public const string Invite = "invite";

    public static string Of(PageUrl url) => url.Text("tab") is Invitations or Invite ? url.Text("tab")! : List;

    public static PageUrl To(PageUrl url, string tab) => tab == List ? url.Without("tab", "member") : url.Without("member").With("tab", tab);
}
