using System.Globalization;
using AgentConsole.Platform;
using AgentConsole.Platform.Http;

namespace AgentConsole.Budgets.Api;

internal sealed record BudgetScopeJson(string Tenant, string? Team, string? User, string? Key, string? Model, string? Provider)
{
    public static BudgetScopeJson Of(BudgetScope scope) => new(scope.Tenant, scope.Team, scope.User, scope.Key, scope.Model, scope.Provider);
}

/// <summary>A budget in the shape of the public contract.</summary>
/// <param name="Amount">USD, a decimal string.</param>
internal sealed record BudgetJson(
    Guid Id, string? Name, BudgetScopeJson Scope, string Amount, string Period, IReadOnlyList<int> Thresholds, bool Block, IReadOnlyList<Guid> Channels, DateTimeOffset CreatedAt, string CreatedBy, DateTimeOffset ChangedAt, string ChangedBy)
{
    public static BudgetJson Of(BudgetRow budget) => new(
        budget.Id, budget.Name, BudgetScopeJson.Of(budget.Scope), Usd(budget.Amount), budget.Period.Name(), budget.Thresholds, budget.Block, budget.Channels, budget.CreatedAt, budget.CreatedBy, budget.ChangedAt, budget.ChangedBy);

    public static string Usd(decimal usd) => decimal.Round(usd, 12).ToString("0.00##########", CultureInfo.InvariantCulture);

    /// <param name="own">The tenant of the key, where none is named.</param>
    public static Result<BudgetDraft> Read(JsonBody body, string? own)
    {
        var scope = body.Within("scope", inner => new BudgetScope(
            inner.NullableText("tenant") ?? own ?? "", inner.NullableText("team"), inner.NullableText("user"), inner.NullableText("key"), inner.NullableText("model"), inner.NullableText("provider")));
        var (amount, period, thresholds) = (body.RequiredDecimal("amount") ?? 0, body.RequiredText("period"), body.NullableIntegers("thresholds"));
        var channels = body.Texts("channels", required: false);
        var draft = new BudgetDraft(body.NullableText("name"), scope, amount, BudgetPeriods.Parse(period) ?? default, thresholds ?? BudgetDraft.UsualThresholds, body.NullableFlag("block") ?? false, [.. channels.Select(static id => Guid.TryParse(id, out var known) ? known : Guid.Empty)]);
        if (body.Error is { } error) return error;
        if (draft.Period == default) return new InvalidBudget(["period is one of day, week, month, quarter, year."]);
        return draft;
    }
}

/// <param name="Subject">Whose, of a budget of each; else null.</param>
internal sealed record BudgetSubjectJson(string? Subject, string Spent, string? Forecast, DateTimeOffset? ExhaustedAt, long UnpricedRequests)
{
    public static BudgetSubjectJson Of(SubjectStanding standing) => new(
        standing.Subject.Length == 0 ? null : standing.Subject, BudgetJson.Usd(standing.Spent), standing.Forecast is { } forecast ? BudgetJson.Usd(forecast) : null, standing.ExhaustedAt, standing.Unpriced);
}

/// <summary>A budget and how it stands: of one of each, spent, forecast and exhaustedAt are of whoever is furthest.</summary>
/// <param name="Forecast">USD at the end of the period; null when it is not known, and <paramref name="NoForecast"/> says why.</param>
/// <param name="ExhaustedAt">When the amount was used up, or is expected to be; null when neither.</param>
/// <param name="Subjects">Of a budget of each, at most 100, the furthest first.</param>
internal sealed record BudgetStandingJson(
    Guid Id, string? Name, BudgetScopeJson Scope, string Amount, string Period, IReadOnlyList<int> Thresholds, bool Block, IReadOnlyList<Guid> Channels, DateTimeOffset CreatedAt, string CreatedBy, DateTimeOffset ChangedAt, string ChangedBy,
    DateTimeOffset PeriodStart, DateTimeOffset PeriodEnd, string Spent, string? Forecast, string? NoForecast, DateTimeOffset? ExhaustedAt, long UnpricedRequests, IReadOnlyList<BudgetSubjectJson>? Subjects)
{
    public static BudgetStandingJson Of(BudgetRow row, BudgetStanding standing)
    {
        var (budget, leading) = (BudgetJson.Of(row), BudgetSubjectJson.Of(standing.Leading));
        return new(
            budget.Id, budget.Name, budget.Scope, budget.Amount, budget.Period, budget.Thresholds, budget.Block, budget.Channels, budget.CreatedAt, budget.CreatedBy, budget.ChangedAt, budget.ChangedBy,
            standing.Span.From, standing.Span.To, leading.Spent, leading.Forecast, standing.Leading.NoForecast, leading.ExhaustedAt, leading.UnpricedRequests,
            row.Scope.EachOf is null ? null : [.. standing.Subjects.Where(static subject => subject.Subject.Length > 0).Select(BudgetSubjectJson.Of)]);
    }
}

internal sealed record BudgetListJson(IReadOnlyList<BudgetJson> Items, string? NextCursor, int Total);
