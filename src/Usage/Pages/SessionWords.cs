using AgentConsole.Shell;

namespace AgentConsole.Usage.Pages;

/// <summary>What the session page says.</summary>
public static class SessionWords
{
    public static readonly string Definition =
        $"Repeated means: at least {RepeatedCalls.MinCalls} requests of the session in a row with the same model, agent, operation and tool (and the same tag {RepeatedCalls.HashTag}, where there is one), each at most "
        + $"{RepeatedCalls.Within.TotalSeconds:0} s after the one before it, with input tokens within {RepeatedCalls.InputShare * 100:0} % and output tokens within {RepeatedCalls.OutputShare * 100:0} % of it; "
        + "requests without a tool count only where both numbers are the very same. Other requests may lie between them.";

    /// <summary>The answer in one sentence.</summary>
    public static string Sentence(UsageSession session)
    {
        var (total, models) = (session.Total, session.ByModel.Count);
        var cost = total.CostKnown ? Format.Money(total.Cost) : "An unknown amount";
        var time = session.Length > TimeSpan.Zero ? $" in {Format.Duration(session.Length)}" : "";
        var failed = session.Failures > 0 ? $"; {Format.Count(session.Failures)} failed" : "";
        return $"{cost}{(total is { CostKnown: true, Unpriced: > 0 } ? $" without {Format.Count(total.Unpriced)} unpriced" : "")} by {Requests(session.Requests)}{time}, on {(models == 1 ? session.ByModel[0].Model : $"{models} models")}{failed}.";
    }

    /// <summary>Null when nothing is repeated.</summary>
    public static string? RepeatSentence(UsageSession session)
    {
        if (session.Repeats.Count == 0) return null;
        var (calls, cost, known) = (session.Repeats.Sum(static run => run.Calls), session.Repeats.Sum(static run => run.Cost), session.Repeats.Any(static run => run.CostKnown));
        var what = session.Repeats is [{ Tool: { } tool }] ? $" of {tool}" : "";
        return $"{Format.Count(calls)} of {Requests(session.Requests)} repeat the same call{what}{(known ? $", for {Format.Money(cost)}" : "")}.";
    }

    /// <summary>The requests of a run, and those of the same kind in the same time.</summary>
    public static PageUrl Requests(PageUrl url, UsageSession session, RepeatedCalls run)
    {
        var requests = UsageLinks.Between(url.To(Links.Requests), run.First, run.Last.AddSeconds(1)).With("tenant", session.Tenant).With("session", session.Id)
            .With(Dimension.Model.Name(), run.Model).With(Dimension.Tool.Name(), run.Tool ?? "");
        return run.Agent is { } agent ? requests.With(Dimension.Agent.Name(), agent) : requests;
    }

    private static string Requests(long count) => $"{Format.Count(count)} {(count == 1 ? "request" : "requests")}";
}
