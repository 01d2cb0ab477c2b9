using AgentConsole.Access;
using AgentConsole.AlertRules.Evaluation;
using AgentConsole.Platform;
using AgentConsole.Usage;

namespace AgentConsole.AlertRules;

/// <param name="Subject">Empty unless the rule watches each.</param>
/// <param name="To">When it would have been over; null when it still would be.</param>
/// <param name="Value">At the first window of it.</param>
/// <param name="IsMuted">Whether nobody would have been told when it began.</param>
public sealed record Firing(string Subject, DateTimeOffset From, DateTimeOffset? To, decimal? Value, bool IsMuted);

/// <summary>The values that were held against the threshold, window by window.</summary>
/// <param name="Values">Null where nothing is known.</param>
public sealed record TestedLine(string Subject, IReadOnlyList<decimal?> Values);

/// <param name="Windows">Starts, in the tenant's zone.</param>
/// <param name="Firings">The newest first.</param>
/// <param name="Untested">Subjects beyond those of the lines.</param>
public sealed record Backtest(RuleDefinition Rule, int Days, IReadOnlyList<DateTimeOffset> Windows, IReadOnlyList<TestedLine> Lines, IReadOnlyList<Firing> Firings, int Untested);

/// <summary>
/// When a rule would have fired in the days before. It goes through the calendar's own windows one after the other and looks at the end of each, where the job looks each minute at
/// the window that ends then: a short peak over the border of two windows may be missing here. Changes nothing.
/// </summary>
public sealed class BacktestRule(RuleQueries rules, MeasureRule measure, TimeProvider time)
{
    public const int MostDays = 30;

    /// <summary>Fails with <see cref="NotAllowed"/>, <see cref="InvalidRule"/>, or as <see cref="MeasureRule"/> does.</summary>
    public async Task<Result<Backtest>> ExecuteAsync(string tenant, RuleDefinition definition, int days, Caller caller, CancellationToken cancellationToken)
    {
        if (!RuleChanges.May(caller, tenant)) return caller.Refuse("rules.backtest");
        var normal = definition.Normalise();
        if (!normal.Ok) return normal.Error;
        if (days is < 1 or > MostDays) return new InvalidRule([$"days is 1 to {MostDays}."]);
        var (rule, now) = (normal.Value, time.GetUtcNow());
        var zone = await rules.FindZoneAsync(caller.ReachOf(Permission.ManageBudgets), tenant, cancellationToken);
        var read = await measure.ReadHistoryAsync(tenant, rule, zone, now.AddDays(-days), now, cancellationToken);
        return read.Ok ? Run(rule, zone, days, read.Value, now) : read.Error;
    }

    private static Backtest Run(RuleDefinition rule, TimeZoneInfo zone, int days, Exploration history, DateTimeOffset now)
    {
        var windows = history.Buckets;
        // The window that goes on is looked at by the job, not here.
        var whole = Enumerable.Range(0, windows.Count).Count(index => End(windows, index, rule) <= now);
        var earlier = rule.IsChange ? Math.Max(1, (int)(rule.Earlier / rule.Length)) : 0;
        var series = rule.Each is null ? [("", history.Over)] : history.Series.Where(static one => one.Group?[0] is not null).Select(static one => (one.Group![0]!, one.Over)).ToList();
        var (lines, firings) = (new List<TestedLine>(), new List<Firing>());
        foreach (var (subject, over) in series)
        {
            var values = new List<decimal?>();
            var (state, open) = (SubjectState.Well, (Firing?)null);
            for (var index = earlier; index < whole; index++)
            {
                var test = RuleTest.Of(rule, subject, over[index], earlier == 0 ? null : over[index - earlier]);
                values.Add(test.Value);
                var at = End(windows, index, rule);
                state = state.Next(test.IsWrong, at, rule);
                if (state.IsFiring) open ??= new(subject, at, null, test.Value, rule.IsMuted(at, zone));
                else if (open is not null) (firings, open) = ([.. firings, open with { To = at }], null);
            }
            if (open is not null) firings.Add(open);
            lines.Add(new(subject, values));
        }
        return new(rule, days, [.. windows.Take(whole).Skip(earlier)], lines, [.. firings.OrderByDescending(static firing => firing.From)], rule.Each is null ? 0 : history.GroupCount - lines.Count);
    }

    private static DateTimeOffset End(IReadOnlyList<DateTimeOffset> windows, int index, RuleDefinition rule) => index + 1 < windows.Count ? windows[index + 1] : windows[index] + rule.Length;
}
