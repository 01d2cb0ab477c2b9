using AgentConsole.Shell;
using Microsoft.AspNetCore.Components;

namespace AgentConsole.Usage.Pages;

/// <summary>Who or what made the range cost more or less than the one before: of one tenant models, users and keys; of several the tenants first.</summary>
public sealed partial class MoversCard
{
    /// <summary>In the address: by what.</summary>
    public const string Parameter = "movers";

    private static readonly Dimension[] OfOne = [Dimension.Model, Dimension.User, Dimension.Key];
    private static readonly Dimension[] OfSeveral = [Dimension.Tenant, Dimension.Model, Dimension.Provider];

    [Inject] private SharedBreakdowns Breakdowns { get; set; } = null!;

    private Dimension[] Offered => Frame.Tenant is null ? OfSeveral : OfOne;

    private Dimension By => Dimensions.Parse(Url.Text(Parameter)) is { } named && Offered.Contains(named) ? named : Offered[0];

    private PageUrl Explained => UsageLinks.Same(Url, Links.Usage).With("groupBy", By.Name()).With("compare", "previous");

    protected override async Task<Movers> PullAsync(CancellationToken cancellationToken)
    {
        var by = By;
        return Movers.Of(await Breakdowns.ReadPeriodAsync(Frame.Reach, Frame.Range(Clock.GetUtcNow()), UsageView.ReadFilter(Url), [by], ChangedAt, cancellationToken), by);
    }

    /// <summary>A tenant's overview; the page of a user or key; else the usage of that group alone.</summary>
    private string To(Mover mover)
    {
        var by = Data!.By;
        if (by == Dimension.Tenant) return Url.Without(Parameter).With("tenant", mover.Group ?? "").ToString();
        var page = UsageLinks.Subject(Url, Frame.Tenant, by, mover.Group) ?? UsageLinks.Same(Url, Links.Usage).With(by.Name(), mover.Group ?? "").With("groupBy", Frame.Tenant is null ? "tenant" : "user").With("compare", "previous");
        return page.ToString();
    }
}
