using AgentConsole.Access;
using AgentConsole.Shell;

namespace AgentConsole.Limits.Pages;

/// <summary>A limit in the list, with how it stands.</summary>
/// <param name="Use">Null: it is about several subjects, or it is not known at present.</param>
/// <param name="Refused">Requests that it refused in the last 24 hours.</param>
/// <param name="Check">Of one for each: how its counters compared with the ledger last; null: never yet.</param>
/// <param name="Instead">The more general limit whose place it takes; null: none.</param>
/// <param name="Own">Of one for each: how many have one of their own that goes before it.</param>
public sealed record LimitItem(LimitRow Row, LimitUse? Use, long Refused, LimitCheckRow? Check, LimitRow? Instead, int Own);

/// <summary>What the limits page shows.</summary>
/// <param name="Selected">The limit that the URL names; null when there is none, or none for the visitor.</param>
/// <param name="Total">Limits that fit, on all pages.</param>
/// <param name="Places">Tenants that the visitor may set limits in.</param>
/// <param name="Caller">The visitor, as of this pull: what is offered; every deed asks again.</param>
public sealed record LimitsView(IReadOnlyList<LimitItem> Items, int Total, bool HasMore, LimitItem? Selected, IReadOnlyList<LimitRow> OwnOnes, IReadOnlyList<RefusalRow>? Refusals, ProofView? Proof, IReadOnlyList<TenantChoice> Places, Caller Caller, DateTimeOffset Now)
{
    public bool MayManage => Caller.CanSomewhere(Permission.ManageLimits);

    public bool May(string tenant) => LimitChanges.May(Caller, tenant);
}

/// <summary>How well limits hold.</summary>
/// <param name="HeldNow">Requests that are held at this moment; null: the counters are away, or there are too many tenants to ask.</param>
/// <param name="Refused">In the last 24 hours.</param>
/// <param name="Node">Of the node that answers; null for whoever sees some tenants only.</param>
public sealed record ProofView(string Counters, bool IsShared, DateTimeOffset? AwaySince, int Nodes, long? HeldNow, long Refused, LimiterFigures? Node, IReadOnlyList<LimitCheckRow> Checks, IReadOnlyDictionary<Guid, LimitRow> Limits);

/// <summary>The page's own parameters.</summary>
public static class LimitLinks
{
    public const string New = "new";
    public const string Stop = "stop";
    public const string Import = "import";
    public const string Refused = "refused";
    public const string Proof = "proof";
    public const int PageSize = 100;

    /// <summary>What narrows the list, with the API's names.</summary>
    public static readonly string[] Filters = ["measure", "window", "action", "user", "key", "model", "search", "status"];

    /// <summary>What belongs to one view of the page and is dropped on the way to another.</summary>
    private static readonly string[] Own = ["tab", "limit", "raise", "edit", "page", "request", "team", "provider", "session", .. Filters];

    public static PageUrl ToList(PageUrl url) => url.To(Links.Limits).Without(Own);

    public static PageUrl ToTab(PageUrl url, string tab) => ToList(url).With("tab", tab);

    public static PageUrl ToLimit(PageUrl url, Guid id) => url.Without("tab", "raise", "edit").With("limit", id.ToString());

    public static PageUrl ToEdit(PageUrl url, Guid id) => ToLimit(url, id).With("edit", "1");

    /// <summary>A limit above another one that ends by itself; of one for each user, that user's own.</summary>
    public static PageUrl ToRaise(PageUrl url, LimitRow limit, LimitSubject? subject = null)
    {
        var form = url.To(Links.Limits).With("tab", New).With("raise", limit.Id.ToString());
        if (limit.Scope.Tenant != LimitScope.Each) form = form.With("tenant", limit.Scope.Tenant);
        foreach (var dimension in limit.Scope.Named)
            if (limit.Scope[dimension] == LimitScope.Each && subject?[dimension] is { } name) form = form.With(dimension.Name(), name);
        return form;
    }

    public static PageUrl ToEffective(PageUrl url, LimitSubject subject)
    {
        var page = url.To(Links.EffectiveLimits).With("tenant", subject.Tenant);
        foreach (var dimension in LimitNames.Dimensions)
            if (subject[dimension] is { } name) page = page.With(dimension.Name(), name);
        return page;
    }
}
