using AgentConsole.Shell;
using AgentConsole.Usage;

namespace AgentConsole.Anomalies.Pages;

/// <summary>Links from a case to what proves it and to what can be done about it.</summary>
public static class CaseLinks
{
    public const string ClosedTab = "closed";
    public const string DefaultSort = "-excess";
    public const int PageSize = 100;

    public static PageUrl ToList(PageUrl url, string? tab)
    {
        var list = url.To(Links.Cases);
        return tab is null ? list : list.With("tab", tab);
    }

    /// <summary>Of a tenant's case, in the tenant's own zone.</summary>
    public static string To(PageUrl url, CaseRow one)
    {
        var page = PageUrl.Parse(Links.Case(one.Tenant, one.Id.ToString())).With("tenant", one.Tenant);
        return (url["tz"] is { } zone ? page.With("tz", zone) : page).ToString();
    }

    /// <summary>Exactly the requests that the case sums, the dearest first.</summary>
    public static PageUrl Requests(PageUrl url, CaseRow one) => Evidence(url, one, Links.Requests).With("sort", "-cost");

    /// <summary>Of those, the ones of a part. Null: that name none.</summary>
    public static PageUrl Requests(PageUrl url, CaseRow one, string by, string? name) => Requests(url, one).With(by, name ?? "");

    /// <summary>The explorer over the same time and usage.</summary>
    public static PageUrl Usage(PageUrl url, CaseRow one, Dimension by) => Evidence(url, one, Links.Usage).With("groupBy", by.Name());

    /// <summary>The page of the subject, if it has one: the week before the case and what came after.</summary>
    public static PageUrl? Subject(PageUrl url, CaseRow one) => one.Subject.Of switch
    {
        CaseOf.User => Around(url, one, Links.User(one.Tenant, one.Subject.Name)),
        CaseOf.Key => Around(url, one, Links.VirtualKey(one.Tenant, one.Subject.Name)),
        _ => null,
    };

    public static PageUrl Session(PageUrl url, CaseRow one, string session) => url.To(Links.Session(one.Tenant, session)).With("tenant", one.Tenant);

    /// <summary>The form of a new limit, for the subject.</summary>
    public static PageUrl Limit(PageUrl url, CaseRow one) => About(url, one, Links.Limits).With("tab", "new");

    /// <summary>The switch that stops the subject.</summary>
    public static PageUrl Stop(PageUrl url, CaseRow one) => About(url, one, Links.Limits).With("tab", "stop");

    /// <summary>Which limits hold for the subject now.</summary>
    public static PageUrl Limits(PageUrl url, CaseRow one) => About(url, one, Shell.Links.EffectiveLimits);

    private static PageUrl Evidence(PageUrl url, CaseRow one, string path) => Between(About(url, one, path), one.From, one.To);

    private static PageUrl Around(PageUrl url, CaseRow one, string path) => Between(url.To(path).With("tenant", one.Tenant), one.From.AddDays(-7), one.To.AddDays(1));

    private static PageUrl About(PageUrl url, CaseRow one, string path)
    {
        var page = url.To(path).Without("range", "from", "to").With("tenant", one.Tenant);
        return one.Subject.Of == CaseOf.Tenant ? page : page.With(one.Subject.Dimension.Name(), one.Subject.Name);
    }

    private static PageUrl Between(PageUrl url, DateTimeOffset from, DateTimeOffset to) => url.Without("range").With("from", Format.Iso(from.ToUniversalTime())).With("to", Format.Iso(to.ToUniversalTime()));
}
