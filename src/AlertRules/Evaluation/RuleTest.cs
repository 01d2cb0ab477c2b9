using AgentConsole.Usage;

namespace AgentConsole.AlertRules.Evaluation;

/// <summary>What a rule finds of the measures of a window, and of the one it is held against.</summary>
/// <param name="Value">What is held against the threshold: the measure, or its change in percent; null where it is not known.</param>
internal readonly record struct RuleTest(decimal? Value, bool IsWrong)
{
    /// <param name="now">Null: there was no request.</param>
    /// <param name="before">The same of the earlier window; not looked at unless the rule is about a change.</param>
    public static RuleTest Of(RuleDefinition rule, string subject, Measures? now, Measures? before)
    {
        if (rule.Condition == RuleCondition.NoData) return new(now?.Requests ?? 0, now is null or { Requests: 0 });
        var value = Known(rule.Measure, now);
        var threshold = rule.ThresholdOf(subject);
        if (!rule.IsChange) return new(value, rule.Condition == RuleCondition.Above ? value > threshold : value < threshold);
        // A change from nothing has no percentage, and is none.
        if (value is not { } current || Known(rule.Measure, before) is not ({ } earlier and not 0)) return new(null, false);
        var change = (current - earlier) / Math.Abs(earlier) * 100;
        return new(change, rule.Condition == RuleCondition.Rises ? change > threshold : change < -threshold);
    }

    /// <summary>Without a request what adds up is nothing, and what does not is not known.</summary>
    private static decimal? Known(Measure measure, Measures? of) => of is null or { Requests: 0 } ? measure.IsAdditive() ? 0 : null : measure.Of(of);
}
