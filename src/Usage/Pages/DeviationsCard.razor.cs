using AgentConsole.Platform.Data;
using AgentConsole.Shell;
using Microsoft.AspNetCore.Components;

namespace AgentConsole.Usage.Pages;

/// <summary>Where a complaint begins: of several tenants those, of one tenant the users, whose last 24 hours cost another amount than they usually do.</summary>
public sealed partial class DeviationsCard
{
    private static readonly TimeSpan Day = TimeSpan.FromHours(24);
    private static readonly TimeSpan Week = TimeSpan.FromDays(7);

    private (string Key, IReadOnlyList<Breakdown> Before)? past;

    [Inject] private SharedBreakdowns Breakdowns { get; set; } = null!;

    /// <summary>The hours that it is about are over.</summary>
    protected override TimeSpan Throttle => TimeSpan.FromMinutes(1);

    protected override async Task<Deviations> PullAsync(CancellationToken cancellationToken)
    {
        var (reach, by, zone) = (Frame.Reach, Frame.Tenant is null ? Dimension.Tenant : Dimension.User, Frame.Zone);
        var now = Clock.GetUtcNow();
        var to = now.AddTicks(-(now.Ticks % TimeSpan.TicksPerHour));
        var query = new BreakdownQuery(to - Day, to, zone, Grain.Total, [by], UsageView.ReadFilter(Url)) { Percentiles = false };
        var read = await Breakdowns.ReadAsync(reach, query, ChangedAt, cancellationToken);
        return Deviations.Of(read, await BeforeAsync(reach, query, cancellationToken), by);
    }

    /// <summary>Once an hour: what was weeks ago does not change.</summary>
    private async Task<IReadOnlyList<Breakdown>> BeforeAsync(Reach reach, BreakdownQuery query, CancellationToken cancellationToken)
    {
        var key = SharedBreakdowns.Key(reach, query);
        if (past is { } kept && kept.Key == key) return kept.Before;
        var before = new List<Breakdown>();
        var first = await Breakdowns.FindFirstUseAsync(reach, cancellationToken);
        for (var week = 1; week <= Deviations.MostWeeks && first <= query.From - week * Week; week++)
            before.Add(await Breakdowns.ReadPastAsync(reach, query with { From = query.From - week * Week, To = query.To - week * Week }, cancellationToken));
        past = (key, before);
        return before;
    }

    /// <summary>A tenant's overview, where its users are; a user's page, of that day.</summary>
    private string To(Deviation one)
    {
        var found = Data!;
        if (found.By == Dimension.Tenant) return Url.Without(MoversCard.Parameter).With("tenant", one.Group ?? "").ToString();
        var (from, to) = (TimeZoneInfo.ConvertTime(found.From, Frame.Zone), TimeZoneInfo.ConvertTime(found.To, Frame.Zone));
        return UsageLinks.Between(UsageLinks.Subject(Url, Frame.Tenant, Dimension.User, one.Group) ?? UsageLinks.Requests(Url, Dimension.User, one.Group), from, to).ToString();
    }
}
