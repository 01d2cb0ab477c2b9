using System.Globalization;
using AgentConsole.Alerts;
using AgentConsole.Platform;
using AgentConsole.Platform.Http;
using AgentConsole.Usage;

namespace AgentConsole.AlertRules.Api;

internal sealed record SubjectThresholdJson(string Subject, string Threshold);

/// <param name="From">HH:mm of the tenant's clock.</param>
internal sealed record MuteJson(string From, string To, IReadOnlyList<int> Days);

/// <summary>A rule in the shape of the API.</summary>
/// <param name="Threshold">A decimal string, in the measure's own unit; percent where it is about a change.</param>
/// <param name="Firing">Subjects of which it is so now.</param>
/// <param name="Problem">Why it was not measured, or not whole, when it was last looked at.</param>
internal sealed record RuleJson(
    Guid Id, string Tenant, string Name, string Measure, IReadOnlyDictionary<string, string> Filter, string? Each, string Condition, string Threshold, string Window, string Against, int ForMinutes, int RecoverMinutes,
    IReadOnlyList<SubjectThresholdJson> Subjects, IReadOnlyList<MuteJson> Mutes, string Severity, IReadOnlyList<Guid> Channels, bool Enabled, int Firing, int Pending, DateTimeOffset? EvaluatedAt, string? Problem)
{
    public static RuleJson Of(RuleRow row)
    {
        var rule = row.Definition;
        return new(
            row.Id, row.Tenant, rule.Name, rule.Measure.Name(), rule.Filter, rule.Each?.Name(), rule.Condition.Name(), Number(rule.Threshold), rule.Window.Name(), rule.Against.Name(), rule.ForMinutes, rule.RecoverMinutes,
            [.. rule.Subjects.Select(static own => new SubjectThresholdJson(own.Subject, Number(own.Threshold)))], [.. rule.Mutes.Select(static mute => new MuteJson(mute.From.Text(), mute.To.Text(), mute.Days))],
            rule.Severity.Name(), rule.Channels, rule.IsEnabled, row.Firing, row.Pending, row.EvaluatedAt, row.Problem);
    }

    /// <summary>The tenant, if one is named, and the rule; names that are none of the known are wrong.</summary>
    public static Result<(string? Tenant, RuleDefinition Rule)> Read(JsonBody body)
    {
        var wrong = new List<string>();
        T Choice<T>(string name, Func<T, string> nameOf, T otherwise) where T : struct, Enum
        {
            if (body.NullableText(name) is not { } text) return otherwise;
            if (RuleNames.Parse(text, nameOf) is { } known) return known;
            wrong.Add($"{name} is one of {string.Join(", ", Enum.GetValues<T>().Select(nameOf))}.");
            return otherwise;
        }
        Measure? measure = MeasureTerms.Parse(body.RequiredText("measure"));
        if (measure is null) wrong.Add($"measure is one of {string.Join(", ", MeasureTerms.All.Select(static one => one.Name()))}.");
        var each = body.NullableText("each");
        if (each is not null && Dimensions.Parse(each) is null) wrong.Add($"each is one of {string.Join(", ", RuleDefinition.CanBeEach.Select(static dimension => dimension.Name()))}.");
        var filter = body.Within("filter", inner => Dimensions.All.Select(dimension => (Name: dimension.Name(), Value: inner.NullableText(dimension.Name()))).Where(static pair => pair.Value is not null).ToDictionary(static pair => pair.Name, static pair => pair.Value!));
        var rule = new RuleDefinition(
            body.RequiredText("name") ?? "", measure ?? default, filter, Dimensions.Parse(each), Choice("condition", RuleNames.Name, RuleCondition.Above), body.NullableDecimal("threshold") ?? 0, Choice("window", RuleNames.Name, RuleWindow.Hour),
            Choice("against", RuleNames.Name, RuleBaseline.Previous), body.NullableInteger("forMinutes") ?? 0, body.NullableInteger("recoverMinutes") ?? 0,
            body.Each("subjects", static inner => new SubjectThreshold(inner.RequiredText("subject") ?? "", inner.RequiredDecimal("threshold") ?? 0)), body.Each("mutes", inner => ReadMute(inner, wrong)),
            Choice("severity", AlertSeverities.Name, AlertSeverity.Warning), [.. body.Texts("channels", required: false).Select(static id => Guid.TryParse(id, out var known) ? known : Guid.Empty)], body.NullableFlag("enabled") ?? true);
        var tenant = body.NullableText("tenant");
        if (body.Error is { } error) return error;
        return wrong.Count > 0 ? new InvalidRule(wrong) : (tenant, rule);
    }

    private static MuteWindow ReadMute(JsonBody body, List<string> wrong)
    {
        TimeOnly Time(string name)
        {
            if (TimeOnly.TryParseExact(body.RequiredText(name), "HH:mm", CultureInfo.InvariantCulture, DateTimeStyles.None, out var time)) return time;
            wrong.Add($"mutes: {name} is a time such as 22:00.");
            return default;
        }
        return new(Time("from"), Time("to"), body.NullableIntegers("days") ?? []);
    }

    internal static string Number(decimal value) => value.ToString("0.######", CultureInfo.InvariantCulture);
}

internal sealed record RuleListJson(IReadOnlyList<RuleJson> Items, string? NextCursor);

internal sealed record FiringJson(string? Subject, DateTimeOffset From, DateTimeOffset? To, string? Value, bool Muted);

/// <param name="Firings">The newest first.</param>
/// <param name="Untested">Subjects beyond the twenty with the most.</param>
internal sealed record BacktestJson(int Days, int Windows, int Count, IReadOnlyList<FiringJson> Firings, int Untested)
{
    public static BacktestJson Of(Backtest test) => new(
        test.Days, test.Windows.Count, test.Firings.Count, [.. test.Firings.Select(static firing => new FiringJson(firing.Subject.Length == 0 ? null : firing.Subject, firing.From, firing.To, firing.Value is { } value ? RuleJson.Number(value) : null, firing.IsMuted))], test.Untested);
}
