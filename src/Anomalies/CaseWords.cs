using System.Globalization;
using System.Text.Json.Nodes;
using AgentConsole.Alerts;
using AgentConsole.Notify;
using AgentConsole.Shell;

namespace AgentConsole.Anomalies;

/// <summary>What people are told of a case: who, how much instead of how much, when, and why.</summary>
public static class CaseWords
{
    public const string NoHistory = "no history to compare with";

    /// <summary>Such as <c>User u-17</c>.</summary>
    public static string Who(CaseSubject subject) => subject.Of switch
    {
        CaseOf.Tenant => $"Tenant {subject.Tenant}",
        CaseOf.User => $"User {subject.Name}",
        CaseOf.Key => $"Key {subject.Name}",
        _ => throw new ArgumentOutOfRangeException(nameof(subject)),
    };

    /// <summary>The answer: <c>User u-17 cost $547.20 instead of about $8.10 between 2026-11-20 14:00 and 14:30: 412 requests instead of about 6.</c></summary>
    public static string Sentence(CaseRow one, Explanation why, TimeZoneInfo zone)
    {
        List<string> reasons = why.Expected.Requests == 0 && why.Now.Requests > 0 ? [Unexpected(why.Now)] : [.. Reasons(why).Take(2)];
        return $"{Cost(one, why.Now.Cost, why.Expected.Cost)} {When(one, zone)}{(reasons.Count == 0 ? "" : ": " + string.Join(", and ", reasons))}.";
    }

    /// <summary>Without the reasons, as of when it was last looked at, in UTC.</summary>
    public static string Found(CaseRow one) => $"{Cost(one, one.Cost, one.Expected)} {When(one, TimeZoneInfo.Utc)} UTC.";

    /// <summary>Those that made most of the excess, the largest first, each in its own numbers.</summary>
    public static IEnumerable<string> Reasons(Explanation why) => why.Parts.Where(part => part.Usd > 0 && part.Usd * 5 >= why.Difference).OrderByDescending(static part => part.Usd).Select(Reason);

    public static string Label(CostFactor factor) => factor switch
    {
        CostFactor.Volume => "Volume",
        CostFactor.Failures => "Failed requests",
        CostFactor.Models => "Choice of models",
        CostFactor.TokensPerRequest => "Tokens per request",
        CostFactor.Cache => "Cache",
        CostFactor.Price => "Price",
        _ => throw new ArgumentOutOfRangeException(nameof(factor)),
    };

    /// <summary>What the factor is.</summary>
    public static string Means(CostFactor factor) => factor switch
    {
        CostFactor.Volume => "Requests that succeeded",
        CostFactor.Failures => "Requests that failed, for each that succeeded",
        CostFactor.Models => "Which models the requests went to",
        CostFactor.TokensPerRequest => "How much each request of a model read and wrote",
        CostFactor.Cache => "How much of the input came from the cache, and was written to it",
        CostFactor.Price => "What a token of a model cost: list price, tier, batch, contract, and what rounding leaves",
        _ => throw new ArgumentOutOfRangeException(nameof(factor)),
    };

    /// <summary>The factor's own measure; an em dash where it has none.</summary>
    public static string Measure(CostFactor factor, decimal? value) => value is not { } known ? Format.Unknown : factor switch
    {
        CostFactor.Volume => $"{Number(known)} requests",
        CostFactor.Failures => $"{Format.Percent((double)known)} failed",
        CostFactor.TokensPerRequest => $"{Format.CountCompact((long)decimal.Round(known))} a request",
        CostFactor.Cache => $"{Format.Percent((double)known)} cached",
        _ => Format.Unknown,
    };

    /// <summary>Counts of a mean have halves at most.</summary>
    public static string Number(decimal count) => count == decimal.Truncate(count) ? Format.Count((long)count) : count.ToString("#,0.#", CultureInfo.InvariantCulture);

    public static string Link(string tenant, Guid id) => PageUrl.Parse(Links.Case(tenant, id.ToString())).With("tenant", tenant).ToString();

    /// <summary>The title names nobody, for it is in the app's log.</summary>
    internal static AlertNotice Notice(CaseRow one) => new(
        CaseChanges.Alert(one.Tenant, one.Id), AlertSeverity.Warning, $"{(one.Subject.Of == CaseOf.Tenant ? one.Tenant : $"A {one.Subject.Of.Name()} of {one.Tenant}")} costs {Format.Money(one.Excess)} more than expected",
        Found(one), Link(one.Tenant, one.Id));

    internal static Message Message(CaseRow one) => new(
        "case.opened", $"{one.Tenant}: {Who(one.Subject)} costs {Format.Money(one.Excess)} more than expected", Found(one), Link(one.Tenant, one.Id),
        [new("Who", Who(one.Subject)), new("Cost", Format.Money(one.Cost)), new("Expected", one.HasHistory ? Format.Money(one.Expected) : NoHistory), new("Since", $"{Format.Minute(one.From, TimeZoneInfo.Utc)} UTC")],
        new JsonObject
        {
            ["case"] = one.Id.ToString(),
            ["of"] = one.Subject.Of.Name(),
            ["subject"] = one.Subject.Name.Length == 0 ? null : one.Subject.Name,
            ["from"] = Format.Iso(one.From),
            ["to"] = Format.Iso(one.To),
            ["cost"] = one.Cost.ToString(CultureInfo.InvariantCulture),
            ["expected"] = one.Expected.ToString(CultureInfo.InvariantCulture),
        });

    private static string Cost(CaseRow one, decimal cost, decimal expected) => one.HasHistory
        ? $"{Who(one.Subject)} cost {Format.Money(cost)} instead of {(expected == 0 ? "nothing" : $"about {Format.Money(expected)}")}"
        : $"{Who(one.Subject)}, with {NoHistory}, cost {Format.Money(cost)}";

    /// <summary>Nothing to compare with, so what there is.</summary>
    private static string Unexpected(MeanUse now) => $"{Number(now.Requests)} {(now.Requests == 1 ? "request" : "requests")} of {Format.CountCompact((long)decimal.Round(now.Tokens / now.Requests))} tokens each, where none were expected";

    private static string When(CaseRow one, TimeZoneInfo zone)
    {
        var (from, to) = (Format.Minute(one.From, zone), Format.Minute(one.To, zone));
        return $"between {from} and {(from[..10] == to[..10] ? to[11..] : to)}";
    }

    private static string Reason(CostPart part) => part.Factor switch
    {
        CostFactor.Volume => $"{Number(part.Now ?? 0)} requests instead of about {Number(part.Before ?? 0)}",
        CostFactor.Failures => $"{Format.Percent((double)(part.Now ?? 0))} of the requests failed instead of {Format.Percent((double)(part.Before ?? 0))}",
        CostFactor.Models => "dearer models",
        CostFactor.TokensPerRequest => $"{Format.CountCompact((long)decimal.Round(part.Now ?? 0))} tokens a request instead of {Format.CountCompact((long)decimal.Round(part.Before ?? 0))}",
        CostFactor.Cache => $"{Format.Percent((double)(part.Now ?? 0))} of the input from the cache instead of {Format.Percent((double)(part.Before ?? 0))}",
        CostFactor.Price => "higher prices",
        _ => throw new ArgumentOutOfRangeException(nameof(part)),
    };
}
