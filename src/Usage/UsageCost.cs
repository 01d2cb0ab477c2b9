using AgentConsole.Pricing;

namespace AgentConsole.Usage;

/// <summary>What a request costs: the one rule, for events as they arrive and for those priced again.</summary>
internal static class UsageCost
{
    /// <summary>The sender's own cost is more than 1 % off ours.</summary>
    public const string ReportedDiffers = "reported_cost_differs";

    /// <summary>A hundredth of a cent of a cent: below it a difference is rounding.</summary>
    private const decimal Negligible = 0.000001m;

    /// <summary>Nothing used costs nothing; anything else costs what the price book says, or is unpriced.</summary>
    public static (decimal? Cost, string? PriceId) Of(in Consumption consumption, UsageStatus status, PriceBook book)
    {
        if (book.Price(consumption) is { } priced) return (priced.Cost, priced.PriceId);
        var nothing = status != UsageStatus.Success && consumption.Tokens.Total == 0 && consumption.ToolUses is null;
        return (nothing ? 0 : null, null);
    }

    public static bool Differs(decimal? cost, decimal? reported) =>
        cost is { } ours && reported is { } theirs && Math.Abs(ours - theirs) > Math.Max(Negligible, ours * 0.01m);
}
