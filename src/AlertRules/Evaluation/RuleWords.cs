using System.Globalization;
using System.Text.Json.Nodes;
using AgentConsole.Alerts;
using AgentConsole.Notify;
using AgentConsole.Shell;
using AgentConsole.Usage;

namespace AgentConsole.AlertRules.Evaluation;

/// <summary>What people are told of a rule: what is how much, held against what, and the view that shows it.</summary>
internal static class RuleWords
{
    private const int ListedSubjects = 10;

    public static string Key(RuleRow rule, string subject) => RuleChanges.Prefix(rule.Id) + subject;

    public static AlertNotice Notice(RuleRow rule, string subject, decimal? value, DateTimeOffset now) => new(
        new(rule.Tenant, RuleChanges.Source, Key(rule, subject)), rule.Definition.Severity, subject.Length == 0 ? rule.Definition.Name : $"{rule.Definition.Name}: {subject}",
        Sentence(rule.Definition, subject, value), Link(rule, subject, now)) { IsTenants = true };

    /// <summary>One message, however many subjects fire.</summary>
    public static Message Raised(RuleRow rule, IReadOnlyList<(string Subject, decimal? Value)> firing, DateTimeOffset now) =>
        Told("rule.raised", rule, $"{rule.Tenant}: {Title(rule.Definition, firing.Count, firing[0].Subject)}", firing, now);

    public static Message Recovered(RuleRow rule, IReadOnlyList<(string Subject, decimal? Value)> well, DateTimeOffset now) =>
        Told("rule.recovered", rule, $"{rule.Tenant}: {Title(rule.Definition, well.Count, well[0].Subject)} is well again", well, now);

    /// <summary>Such as <c>Failure rate 12% is above 5% (last hour)</c>.</summary>
    public static string Sentence(RuleDefinition rule, string subject, decimal? value)
    {
        var whose = subject.Length == 0 ? "" : $" of {rule.Each!.Value.Name()} {subject}";
        var filter = rule.Filter.Count == 0 ? "" : " of " + string.Join(", ", rule.Filter.Select(static pair => $"{pair.Key} {pair.Value}"));
        var window = rule.Window switch { RuleWindow.QuarterHour => "last 15 minutes", RuleWindow.Hour => "last hour", _ => "last 24 hours" };
        if (rule.Condition == RuleCondition.NoData) return $"No request{filter} ({window}).";
        var threshold = rule.ThresholdOf(subject);
        return rule.IsChange
            ? $"{Label(rule.Measure)}{whose}{filter} {(value is { } change ? Percent(Math.Abs(change)) : Format.Unknown)} {(value >= 0 ? "up" : "down")} against {Against(rule)}, more than {Percent(threshold)} ({window})."
            : $"{Label(rule.Measure)}{whose}{filter} {Write(rule.Measure, value)}, {rule.Condition.Name()} {Write(rule.Measure, threshold)} ({window}).";
    }

    public static string Write(Measure measure, decimal? value) => value is not { } known ? Format.Unknown : measure.Unit() switch
    {
        MeasureUnit.Usd => Format.Money(known),
        MeasureUnit.Share => Format.Percent((double)known),
        MeasureUnit.Milliseconds => Format.Milliseconds((double)known),
        MeasureUnit.TokensPerSecond => Format.TokensPerSecond((double)known),
        _ => known.ToString("#,0.##", CultureInfo.InvariantCulture),
    };

    /// <summary>A value of the rule: the measure's own, or a change.</summary>
    public static string Write(RuleDefinition rule, decimal? value) => rule.IsChange ? value is { } change ? (change < 0 ? "−" : "+") + Percent(Math.Abs(change)) : Format.Unknown : Write(rule.Measure, value);

    /// <summary><c>Latency p95</c> of <see cref="Measure.LatencyP95"/>.</summary>
    public static string Label(Measure measure)
    {
        var name = string.Concat(measure.Name().Select(static character => char.IsUpper(character) ? $" {char.ToLowerInvariant(character)}" : character.ToString()));
        return char.ToUpperInvariant(name[0]) + name[1..];
    }

    public static string Against(RuleDefinition rule) => rule.Against switch
    {
        RuleBaseline.DayBefore => "a day before",
        RuleBaseline.WeekBefore => "a week before",
        _ => rule.Window switch { RuleWindow.QuarterHour => "the 15 minutes before", RuleWindow.Hour => "the hour before", _ => "the 24 hours before" },
    };

    private static string Percent(decimal percent) => Format.Percent((double)percent / 100);

    private static string Title(RuleDefinition rule, int count, string first) =>
        first.Length == 0 ? rule.Name : count == 1 ? $"{rule.Name}: {first}" : string.Create(CultureInfo.InvariantCulture, $"{rule.Name}: {count} {rule.Each!.Value.Name()}s");

    private static Message Told(string type, RuleRow rule, string title, IReadOnlyList<(string Subject, decimal? Value)> subjects, DateTimeOffset now)
    {
        var definition = rule.Definition;
        var facts = new List<MessageFact> { new("Rule", definition.Name), new("Scope", definition.Filter.Count == 0 ? rule.Tenant : $"{rule.Tenant}, {string.Join(", ", definition.Filter.Select(static pair => $"{pair.Key} {pair.Value}"))}") };
        facts.AddRange(subjects.Take(ListedSubjects).Select(subject => new MessageFact(subject.Subject.Length == 0 ? Label(definition.Measure) : subject.Subject, $"{Write(definition, subject.Value)}, threshold {Threshold(definition, subject.Subject)}")));
        if (subjects.Count > ListedSubjects) facts.Add(new("And", $"{subjects.Count - ListedSubjects} more"));
        var data = new JsonObject
        {
            ["rule"] = rule.Id.ToString(),
            ["name"] = definition.Name,
            ["measure"] = definition.Measure.Name(),
            ["condition"] = definition.Condition.Name(),
            ["window"] = definition.Window.Name(),
            ["severity"] = definition.Severity.Name(),
            ["subjects"] = new JsonArray([.. subjects.Take(ListedSubjects).Select(subject => (JsonNode)new JsonObject
            {
                ["subject"] = subject.Subject.Length == 0 ? null : subject.Subject,
                ["value"] = subject.Value?.ToString(CultureInfo.InvariantCulture),
                ["threshold"] = definition.ThresholdOf(subject.Subject).ToString(CultureInfo.InvariantCulture),
            })]),
        };
        return new(type, title, type == "rule.raised" ? Sentence(definition, subjects[0].Subject, subjects[0].Value) : "What the rule watches has been well for as long as it asks.", Link(rule, subjects.Count == 1 ? subjects[0].Subject : "", now), facts, data);
    }

    private static string Threshold(RuleDefinition rule, string subject) => rule.Condition == RuleCondition.NoData ? "any" : rule.IsChange ? Percent(rule.ThresholdOf(subject)) : Write(rule.Measure, rule.ThresholdOf(subject));

    /// <summary>The explorer with the measure, the filters, and the window and as much before it as shows what is usual.</summary>
    private static string Link(RuleRow rule, string subject, DateTimeOffset now)
    {
        var definition = rule.Definition;
        var url = PageUrl.Parse(Links.Usage).With("tenant", rule.Tenant);
        foreach (var (dimension, value) in definition.Filter) url = url.With(dimension, value);
        if (definition.Each is { } each && subject.Length > 0) url = url.With(each.Name(), subject);
        var to = now.AddMinutes(1);
        return url.With("measure", definition.Measure.Name()).With("from", Format.Iso(to - (definition.Length * 12))).With("to", Format.Iso(to)).ToString();
    }
}
