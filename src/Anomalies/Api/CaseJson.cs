using System.Globalization;
using AgentConsole.Usage;

namespace AgentConsole.Anomalies.Api;

/// <summary>A case in the shape of the API. Money is USD.</summary>
/// <param name="Of">tenant, user or key.</param>
/// <param name="Subject">The user or key; null when it is the tenant itself.</param>
/// <param name="To">The end of what is known to be unusual; when it is over, the cost is back to normal since then.</param>
/// <param name="Expected">Null when the subject has no history.</param>
/// <param name="Score">How many times the usual spread above what was expected.</param>
/// <param name="State">open, investigating or closed.</param>
/// <param name="Verdict">confirmed, expected or falseAlarm of a closed one.</param>
internal sealed record CaseJson(
    Guid Id, string Tenant, string Of, string? Subject, DateTimeOffset From, DateTimeOffset To, bool Over, string Cost, string? Expected, string Excess, decimal? Score, string State, string? Assignee, string? Verdict,
    DateTimeOffset OpenedAt, DateTimeOffset SeenAt, DateTimeOffset? ClosedAt)
{
    public static CaseJson Row(CaseRow one) => new(
        one.Id, one.Tenant, one.Subject.Of.Name(), one.Subject.Name.Length == 0 ? null : one.Subject.Name, one.From, one.To, one.IsOver, Money(one.Cost), one.HasHistory ? Money(one.Expected) : null, Money(one.Excess),
        one.HasHistory ? one.Score : null, one.State.Name(), one.Assignee, one.Verdict?.Name(), one.OpenedAt, one.SeenAt, one.ClosedAt);

    public static string Money(decimal usd) => usd.ToString("0.############", CultureInfo.InvariantCulture);
}

internal sealed record CaseListJson(IReadOnlyList<CaseJson> Items, string? NextCursor, int Limit);

/// <param name="Usd">What of the difference is its.</param>
/// <param name="Before">The factor's own measure as expected; null where it has none.</param>
internal sealed record CasePartJson(string Factor, string Usd, decimal? Before, decimal? Now);

/// <param name="Name">Null: the requests name none.</param>
/// <param name="Expected">Null where nothing can be expected of it.</param>
internal sealed record ContributionJson(string? Name, decimal Requests, string Cost, string? Expected, string Excess)
{
    public static ContributionJson Of(Contribution one) => new(one.Name, one.Requests, CaseJson.Money(one.Cost), one.Expected is { } usual ? CaseJson.Money(usual) : null, CaseJson.Money(one.Excess));
}

/// <param name="Others">All beyond those of items; null when there are none.</param>
internal sealed record ContributionsJson(string By, IReadOnlyList<ContributionJson> Items, ContributionJson? Others)
{
    public static ContributionsJson Of(Contributions by) => new(by.By, [.. by.Leading.Select(ContributionJson.Of)], by.Others is { } others ? ContributionJson.Of(others) : null);
}

internal sealed record CaseEntryJson(Guid Id, DateTimeOffset At, string Author, string Kind, string? Text)
{
    public static CaseEntryJson Of(CaseEntryRow entry) => new(entry.Id, entry.At, entry.Author, entry.Kind.Name(), entry.Text.Length == 0 ? null : entry.Text);
}

/// <summary>A case with its explanation as of now. The parts sum to cost less expected.</summary>
internal sealed record CaseDetailJson(CaseJson Case, string Sentence, string Cost, string? Expected, IReadOnlyList<CasePartJson> Parts, IReadOnlyList<ContributionsJson> By, IReadOnlyList<CaseEntryJson> Entries)
{
    public static CaseDetailJson Of(CaseExplanation explained, IReadOnlyList<CaseEntryRow> entries)
    {
        var (one, why) = (explained.Case, explained.Why);
        return new(
            CaseJson.Row(one), CaseWords.Sentence(one, why, TimeZoneInfo.Utc), CaseJson.Money(why.Now.Cost), one.HasHistory ? CaseJson.Money(why.Expected.Cost) : null,
            [.. why.Parts.Select(static part => new CasePartJson(char.ToLowerInvariant(part.Factor.ToString()[0]) + part.Factor.ToString()[1..], CaseJson.Money(part.Usd), part.Before, part.Now))],
            [.. explained.By.Select(ContributionsJson.Of)], [.. entries.Select(CaseEntryJson.Of)]);
    }
}
