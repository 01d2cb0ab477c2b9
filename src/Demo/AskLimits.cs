using AgentConsole.Demo.Traffic;
using AgentConsole.Limits;
using AgentConsole.Pricing;
using AgentConsole.Usage;

namespace AgentConsole.Demo;

/// <summary>Stands where a gateway does: each request is reserved before it is sent, and its usage event settles it. What is refused is told as denied.</summary>
internal sealed class AskLimits(Limiter limiter, CurrentPrices prices)
{
    public async Task<IReadOnlyList<DemoEvent>> ExecuteAsync(IEnumerable<DemoEvent> requests, CancellationToken cancellationToken)
    {
        var told = new List<DemoEvent>();
        foreach (var item in requests)
        {
            var decided = await limiter.ReserveAsync(Ask(item), cancellationToken);
            told.Add(decided is { Ok: true, Value.Refusal: { } refusal } ? Denied(item, refusal) : item);
        }
        return told;
    }

    private LimitRequest Ask(DemoEvent item)
    {
        var (cost, _) = UsageCost.Of(new(item.Tenant, item.Model.Provider, item.Model.Name, item.OccurredAt, item.Tokens), item.Status, prices.Book);
        return new(item.Id, new(item.Tenant, item.Team, item.User, item.Key, item.Model.Name, item.Model.Provider, item.Session), item.Tokens.Total, cost ?? 0);
    }

    private static DemoEvent Denied(DemoEvent item, LimitRefusal refusal) => item with
    {
        Status = UsageStatus.Denied, HttpStatus = StatusCodes.Status429TooManyRequests, Error = $"limit_exceeded: {refusal.Limit.Id}", Tokens = default, LatencyMs = 1, TtftMs = null, Attempts = [], Hops = [],
    };
}
