using System.Globalization;
using AgentConsole.Pricing;
using AgentConsole.Shell;

namespace AgentConsole.Usage.Pages;

/// <summary>What a receipt's codes and numbers mean, in words.</summary>
public static class ReceiptWords
{
    public static string PerMillion(decimal usd) => Format.MoneyExact(usd) + "/M";

    public static string Factor(decimal factor) => factor.ToString("0.############", CultureInfo.InvariantCulture);

    public static string Note(string code) => code switch
    {
        ReceiptNotes.NoPrice => "no price is known for this provider and model at that time",
        ReceiptNotes.BucketUnpriced => "the price has no rate for one of the kinds of tokens used",
        ReceiptNotes.TierUnpriced => "the service tier has no price of its own, so the standard one was taken",
        ReceiptNotes.BatchUnpriced => "no batch price is known, so the full price was taken",
        ReceiptNotes.ToolUnpriced => "a tool was used whose fee is not known; the total is without it",
        ReceiptNotes.OutOfRange => "the counts are beyond anything a request can cost",
        ReceiptNotes.PriceGone => "the price it was charged by is no longer in the book",
        _ => code,
    };

    public static string Conflict(string code) => code switch
    {
        "cache_exceeds_input" => "More tokens were read from the cache than the whole input has.",
        "reported_cost_differs" => "The cost the sender reported differs from the one computed here.",
        "total_mismatch" => "The parts do not sum to the total the sender gave.",
        _ => code.Replace('_', ' ') + ".",
    };
}
