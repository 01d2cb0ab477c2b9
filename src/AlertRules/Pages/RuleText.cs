using AgentConsole.AlertRules.Evaluation;
using AgentConsole.Shell;
using AgentConsole.Usage;

namespace AgentConsole.AlertRules.Pages;

/// <summary>What the rules tab calls things.</summary>
internal static class RuleText
{
    /// <summary>Such as <c>Failure rate of each user above 5%, over an hour, for 10 min; 2 have thresholds of their own</c>.</summary>
    public static string Condition(RuleDefinition rule)
    {
        var whose = (rule.Each is { } each ? $" of each {each.Name()}" : "") + (rule.Filter.Count == 0 ? "" : " of " + string.Join(", ", rule.Filter.Select(static pair => $"{pair.Key} {pair.Value}")));
        var what = rule.Condition switch
        {
            RuleCondition.NoData => $"No request{whose}",
            RuleCondition.Rises or RuleCondition.Falls => $"{RuleWords.Label(rule.Measure)}{whose} {rule.Condition.Name()} by more than {Format.Percent((double)rule.Threshold / 100)} against {RuleWords.Against(rule)}",
            _ => $"{RuleWords.Label(rule.Measure)}{whose} {rule.Condition.Name()} {RuleWords.Write(rule.Measure, rule.Threshold)}",
        };
        return what + Window(rule.Window) + (rule.ForMinutes > 0 ? $", for {rule.ForMinutes} min" : "") + (rule.Subjects.Count > 0 ? $"; {rule.Subjects.Count} with a threshold of their own" : "") + (rule.Mutes.Count > 0 ? "; muted at times" : "");
    }

    public static string Window(RuleWindow window) => window switch { RuleWindow.QuarterHour => ", over 15 min", RuleWindow.Hour => ", over an hour", _ => ", over 24 hours" };

    public static (string Word, string Tone) State(RuleRow rule) =>
        !rule.Definition.IsEnabled ? ("off", "unknown")
        : rule.EvaluatedAt is null ? ("not looked at yet", "unknown")
        : rule.Firing > 0 ? (rule.Definition.Each is null ? "firing" : $"firing for {rule.Firing}", "critical")
        : rule.Pending > 0 ? ("pending", "warning")
        : ("well", "ok");
}
