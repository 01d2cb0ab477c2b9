using AgentConsole.Pricing;

namespace AgentConsole.Usage.Api;

internal sealed record ReceiptJson(bool Priced, string Currency, string? Total)
{
    public static ReceiptJson Of(UsageEvent usage, Receipt receipt) => new(usage.Cost is not null, "USD", JsonMoney.Of(usage.Cost));
}
