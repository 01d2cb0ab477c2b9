using System.Globalization;
using System.Text.Json.Nodes;
using AgentConsole.Alerts;
using AgentConsole.Notify;
using AgentConsole.Shell;
using AgentConsole.Usage;

namespace AgentConsole.Budgets.Evaluation;

/// <summary>What people are told of a budget: amounts, period, scope, and the view that shows exactly that.</summary>
internal static class BudgetWords
{
    private const int ListedSubjects = 10;

    /// <param name="mark">A percentage, or <see cref="BudgetCrossing.ForecastMark"/>.</param>
    public static AlertNotice Notice(BudgetRow budget, BudgetSpan span, TimeZoneInfo zone, SubjectStanding standing, int mark) =>
        new(new(budget.Tenant, BudgetChanges.Source, Key(budget, span, standing.Subject, mark)), mark >= 100 ? AlertSeverity.Critical : AlertSeverity.Warning,
            Title(budget, span, [standing.Subject], mark), Detail(budget, span, zone, standing), Link(budget, span, standing.Subject)) { IsTenants = true };

    public static string Key(BudgetRow budget, BudgetSpan span, string subject, int mark) => string.Create(
        CultureInfo.InvariantCulture, $"{BudgetChanges.Prefix(budget.Id)}{budget.Revision}/{span.First:yyyy-MM-dd}/{(mark == BudgetCrossing.ForecastMark ? "forecast" : mark)}/{subject}");

    /// <summary>One message, however many subjects and marks are new.</summary>
    /// <param name="told">The subjects whose marks are new, the highest mark of each.</param>
    public static Message Message(BudgetRow budget, BudgetSpan span, TimeZoneInfo zone, IReadOnlyList<(SubjectStanding Standing, int Mark)> told)
    {
        var (leading, mark) = told.MaxBy(static one => (one.Mark, one.Standing.Spent));
        var type = mark == BudgetCrossing.ForecastMark ? "budget.forecast" : mark >= 100 ? "budget.exhausted" : "budget.threshold";
        return new(
            type, $"{budget.Tenant}: {Title(budget, span, [.. told.Where(one => one.Mark == mark).Select(static one => one.Standing.Subject)], mark)}", Detail(budget, span, zone, leading),
            Link(budget, span, told.Count == 1 ? leading.Subject : ""), Facts(budget, span, zone, leading), Data(budget, span, told, mark));
    }

    private static string Title(BudgetRow budget, BudgetSpan span, IReadOnlyList<string> subjects, int mark)
    {
        var whose = budget.Scope.EachOf is not { } each ? "" : subjects.Count == 1 ? $" of {each.Name()} {subjects[0]}" : string.Create(CultureInfo.InvariantCulture, $" of {subjects.Count} {each.Name()}s");
        var named = $"the {budget.Period.Adverb()} budget “{budget.Title}”{whose} for {span.Words(budget.Period)}";
        return mark == BudgetCrossing.ForecastMark ? $"{Upper(named)} is forecast to be exceeded" : string.Create(CultureInfo.InvariantCulture, $"{mark} % of {named} is spent");
    }

    private static string Detail(BudgetRow budget, BudgetSpan span, TimeZoneInfo zone, SubjectStanding standing)
    {
        var share = Format.Percent((double)(standing.Spent / budget.Amount));
        var subject = standing.Subject.Length == 0 ? "" : $"{standing.Subject}: ";
        var forecast = standing.Forecast is { } expected ? $" Forecast for the end of {span.Words(budget.Period)}: {Format.Money(expected)}." : "";
        var unpriced = standing.Unpriced == 0 ? "" : $" {Format.Count(standing.Unpriced)} requests have no price and are not in it.";
        return $"{subject}{Format.Money(standing.Spent)} of {Format.Money(budget.Amount)} ({share}).{forecast}{Exhaustion(budget, zone, standing)}{unpriced}";
    }

    private static string Exhaustion(BudgetRow budget, TimeZoneInfo zone, SubjectStanding standing) =>
        standing.ExhaustedAt is not { } at ? "" : standing.Spent >= budget.Amount ? $" Used up by {Format.Minute(at, zone)}." : $" Expected to be used up around {Format.Minute(at, zone)}.";

    private static IReadOnlyList<MessageFact> Facts(BudgetRow budget, BudgetSpan span, TimeZoneInfo zone, SubjectStanding standing)
    {
        var facts = new List<MessageFact>
        {
            new("Budget", budget.Title),
            new("Scope", budget.Scope.Words is { Length: > 0 } words ? $"{budget.Tenant}, {words}" : budget.Tenant),
            new("Period", $"{span.Words(budget.Period)} ({Format.Date(span.From, zone)} to {Format.Date(span.To, zone)}, {zone.Id})"),
            new("Spent", Format.MoneyExact(standing.Spent)),
            new("Amount", Format.MoneyExact(budget.Amount)),
        };
        if (standing.Forecast is { } forecast) facts.Add(new("Forecast", Format.Money(forecast)));
        if (standing.ExhaustedAt is { } at) facts.Add(new(standing.Spent >= budget.Amount ? "Used up by" : "Expected to be used up", Format.Minute(at, zone)));
        return facts;
    }

    private static JsonObject Data(BudgetRow budget, BudgetSpan span, IReadOnlyList<(SubjectStanding Standing, int Mark)> told, int mark) => new()
    {
        ["budget"] = budget.Id.ToString(),
        ["name"] = budget.Name,
        ["scope"] = budget.Scope.ToJson(),
        ["period"] = budget.Period.Name(),
        ["periodStart"] = Format.Iso(span.From),
        ["periodEnd"] = Format.Iso(span.To),
        ["amount"] = Amount(budget.Amount),
        ["threshold"] = mark == BudgetCrossing.ForecastMark ? null : mark,
        ["subjects"] = new JsonArray([.. told.Take(ListedSubjects).Select(static one => (JsonNode)new JsonObject
        {
            ["subject"] = one.Standing.Subject.Length == 0 ? null : one.Standing.Subject,
            ["spent"] = Amount(one.Standing.Spent),
            ["forecast"] = one.Standing.Forecast is { } forecast ? Amount(decimal.Round(forecast, 12)) : null,
            ["exhaustedAt"] = one.Standing.ExhaustedAt is { } at ? Format.Iso(at) : null,
        })]),
    };

    /// <summary>The usage that counts, in the budget's period.</summary>
    public static string Link(BudgetRow budget, BudgetSpan span, string subject)
    {
        var url = PageUrl.Parse(Links.Usage).With("tenant", budget.Tenant);
        foreach (var (dimension, value) in budget.Scope.Named)
            if (value != BudgetScope.Each) url = url.With(dimension.Name(), value);
            else if (subject.Length > 0) url = url.With(dimension.Name(), subject);
        return url.With("from", Date(span.First)).With("to", Date(span.Next)).ToString();
    }

    private static string Date(DateOnly date) => date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static string Amount(decimal usd) => usd.ToString("0.00##########", CultureInfo.InvariantCulture);

    private static string Upper(string text) => char.ToUpperInvariant(text[0]) + text[1..];
}
