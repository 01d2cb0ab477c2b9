using AgentConsole.Access.Members;
using AgentConsole.Platform.Data;
using AgentConsole.Shell;
using AgentConsole.Shell.Search;
using Microsoft.EntityFrameworkCore;

namespace AgentConsole.Access.Search;

/// <summary>Finds members by a part of the name or the address. As on their page: those with a role within reach, and of their roles only those.</summary>
internal sealed class SearchMembers(MemberDb store) : ISearchSource
{
    public SearchKind Kind { get; } = new(20, "Members", "members", "names and addresses that have it");

    public string Policy { get; } = Permission.ReadMembers.Policy();

    public async Task<IReadOnlyList<SearchHit>> FindAsync(SearchAsk ask, CancellationToken cancellationToken)
    {
        if (ask.Reach.IsNone) return [];
        string[] places = [.. ask.Reach.Tenants.Where(static place => place != Membership.Platform)];
        var (everywhere, key, name) = (ask.Reach.IsPlatform, Member.KeyOf(ask.Text), ask.Text.ToLowerInvariant());
        await using var db = store.Open();
        var held = db.Set<Membership>().AsNoTracking().Where(one => everywhere || places.Contains(one.TenantId));
        var found = await db.Set<Member>().AsNoTracking()
            .Where(member => member.EmailKey.Contains(key) || member.Name.ToLower().Contains(name))
            .Where(member => held.Any(one => one.MemberId == member.MemberId))
            .OrderByDescending(member => member.EmailKey == key).ThenByDescending(member => member.EmailKey.StartsWith(key)).ThenBy(member => member.EmailKey)
            .Take(ask.Most)
            .Select(member => new { member.MemberId, member.Name, member.Email, Places = held.Where(one => one.MemberId == member.MemberId).OrderBy(one => one.TenantId).Select(one => one.TenantId).Take(2).ToList() })
            .ToListAsync(cancellationToken);
        return [.. found.Select(member => new SearchHit(member.Name, PageUrl.Parse(Links.Members).With("member", member.MemberId.ToString()).ToString(), Where(member.Places), member.Email))];
    }

    private static string Where(List<string> places) => places switch
    {
        [Membership.Platform, ..] => "platform",
        [var only] => only,
        [var first, ..] => $"{first} and more",
        [] => "",
    };
}
