using AgentConsole.Shell;

namespace AgentConsole.Usage.Pages;

/// <summary>What a usage page shows, read from its URL in the names of the API.</summary>
public sealed record UsageView(TimeRange Range, Grain Grain, Dimension GroupBy, UsageFilter Filter, string Sort)
{
    public const string DefaultSort = "-cost";

    /// <summary>A finer grain than this many buckets is coarsened.</summary>
    public const int MostBuckets = 800;

    /// <summary>The dimensions offered first; <c>tenant</c> only where several can be seen.</summary>
    public static readonly IReadOnlyList<Dimension> Common = [Dimension.Provider, Dimension.Model, Dimension.User, Dimension.Key, Dimension.Status, Dimension.Tenant];

    public static UsageView Read(Frame frame, DateTimeOffset now, Dimension defaultGroup)
    {
        var range = frame.Range(now);
        // A board follows every event: what no rollup knows is the explorer's.
        var group = Dimensions.Parse(frame.Url.Text("groupBy")) is { } named && Common.Contains(named) ? named : defaultGroup;
        return new(range, ReadGrain(frame.Url.Text("grain"), range.Length), group, ReadFilter(frame.Url), frame.Url.Text("sort") ?? DefaultSort);
    }

    /// <summary>Every dimension named in the URL; an empty value means "not set".</summary>
    public static UsageFilter ReadFilter(PageUrl url)
    {
        var filter = UsageFilter.None;
        foreach (var dimension in Dimensions.All)
        {
            var values = url.All(dimension.Name()).Distinct().Select(static value => value.Length == 0 ? null : value).ToArray();
            if (values.Length > 0 && !(dimension == Dimension.Tenant && values is [null]))
                filter = filter.With(dimension, values);
        }
        return filter;
    }

    /// <summary>The coarsest grain that still shows the shape of the range.</summary>
    public static Grain GrainFor(TimeSpan length) => length.TotalHours switch
    {
        <= 6 => Grain.QuarterHour,
        <= 24 * 8 => Grain.Hour,
        <= 24 * 93 => Grain.Day,
        <= 24 * 366 => Grain.Week,
        _ => Grain.Month,
    };

    internal static Grain ReadGrain(string? name, TimeSpan length)
    {
        var grain = Grains.Parse(name) is { } named and not Grain.Total ? named : GrainFor(length);
        while (grain < Grain.Month && length / Shortest(grain) > MostBuckets)
            grain++;
        return grain;
    }

    /// <summary>Whether the grain cuts the range into at least two and not too many buckets.</summary>
    public static bool Fits(Grain grain, TimeSpan length) => length / Shortest(grain) is >= 2 and <= MostBuckets;

    private static TimeSpan Shortest(Grain grain) => grain switch
    {
        Grain.QuarterHour => TimeSpan.FromMinutes(15),
        Grain.Hour => TimeSpan.FromHours(1),
        Grain.Day => TimeSpan.FromDays(1),
        Grain.Week => TimeSpan.FromDays(7),
        _ => TimeSpan.FromDays(28),
    };

    public BreakdownQuery Ask(Grain grain, params Facet[] groupBy) => new(Range.From, Range.To, Range.Zone, grain, groupBy, Filter);
}
