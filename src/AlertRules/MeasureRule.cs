using AgentConsole.AlertRules.Evaluation;
using AgentConsole.Platform;
using AgentConsole.Platform.Data;
using AgentConsole.Usage;

namespace AgentConsole.AlertRules;

/// <summary>Measures what rules are about, by the explorer's own questions: from rollups, and from requests where no rollup knows it.</summary>
public sealed class MeasureRule(ExplorerQueries explorer)
{
    /// <summary>Of a rule of each: those with the most of the measure, and those that have a threshold of their own. Others are not watched, and the rule says how many.</summary>
    public const int MostSubjects = 200;

    /// <summary>Lines of a back-test of each.</summary>
    private const int MostTested = 20;

    /// <summary>The window that ends now, and the one it is held against. Fails with <see cref="TooMuchToRead"/> or <see cref="TooManyGroups"/>, where requests are read.</summary>
    internal async Task<Result<RuleReading>> ReadAsync(string tenant, RuleDefinition rule, TimeZoneInfo zone, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var current = await AskAsync(tenant, rule, zone, now - rule.Length, now, ExplorationShape.Whole, cancellationToken);
        if (!current.Ok) return current.Error;
        if (!rule.IsChange) return new RuleReading(Subjects(rule, current.Value), null, Unwatched(rule, current.Value));
        var (from, to) = (now - rule.Length - rule.Earlier, now - rule.Earlier);
        var before = await AskAsync(tenant, rule, zone, from, to, ExplorationShape.Whole, cancellationToken);
        return before.Ok ? new RuleReading(Subjects(rule, current.Value), Subjects(rule, before.Value), Unwatched(rule, current.Value)) : before.Error;
    }

    /// <summary>Window by window over a range, with as many before it as what it is held against is earlier. Fails as <see cref="ReadAsync"/> does.</summary>
    internal async Task<Result<Exploration>> ReadHistoryAsync(string tenant, RuleDefinition rule, TimeZoneInfo zone, DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken) =>
        await AskAsync(tenant, rule, zone, rule.IsChange ? from - rule.Earlier : from, to, ExplorationShape.OverTime, cancellationToken);

    internal static Grain GrainOf(RuleWindow window) => window switch
    {
        RuleWindow.QuarterHour => Grain.QuarterHour,
        RuleWindow.Hour => Grain.Hour,
        RuleWindow.Day => Grain.Day,
        _ => throw new ArgumentOutOfRangeException(nameof(window)),
    };

    private Task<Result<Exploration>> AskAsync(string tenant, RuleDefinition rule, TimeZoneInfo zone, DateTimeOffset from, DateTimeOffset to, ExplorationShape shape, CancellationToken cancellationToken)
    {
        var grain = shape == ExplorationShape.OverTime ? GrainOf(rule.Window) : Grain.Total;
        var cut = new BreakdownQuery(from, to, zone, grain, rule.Each is { } each ? [each] : [], rule.FilterOf(tenant));
        return explorer.ExploreAsync(Reach.Of(tenant), ExplorationQuery.Of(cut, rule.Measure, shape, MostTested), null, cancellationToken);
    }

    private static Dictionary<string, Measures> Subjects(RuleDefinition rule, Exploration found)
    {
        if (rule.Each is null) return new(StringComparer.Ordinal) { [""] = found.Total };
        var own = rule.Subjects.Select(static subject => subject.Subject).ToHashSet(StringComparer.Ordinal);
        var named = found.Groups.Where(static group => group.Group[0] is not null).ToList();
        return named.Take(MostSubjects).Concat(named.Skip(MostSubjects).Where(group => own.Contains(group.Group[0]!))).ToDictionary(static group => group.Group[0]!, static group => group.Measures, StringComparer.Ordinal);
    }

    private static int Unwatched(RuleDefinition rule, Exploration found) => rule.Each is null ? 0 : Math.Max(0, found.GroupCount - MostSubjects);
}

/// <param name="Before">Null unless the rule is about a change.</param>
/// <param name="Unwatched">Subjects beyond the most that are watched.</param>
internal sealed record RuleReading(IReadOnlyDictionary<string, Measures> Now, IReadOnlyDictionary<string, Measures>? Before, int Unwatched)
{
    public RuleTest Test(RuleDefinition rule, string subject) => RuleTest.Of(rule, subject, Now.GetValueOrDefault(subject), Before?.GetValueOrDefault(subject));
}
