using AgentConsole.Shell;
using AgentConsole.Usage;

namespace AgentConsole.Pricing.Pages;

/// <summary>The tabs of the prices page, by their names in the URL.</summary>
public static class PriceTabs
{
    public const string Parameter = "tab";
    public const string List = "list";
    public const string Add = "add";
    public const string Import = "import";
    public const string Unpriced = "unpriced";
    public const string Reprice = "reprice";

    /// <summary>What belongs to one tab and is dropped on the way to another.</summary>
    public static readonly string[] Own = [Parameter, "search", "retired", "cursor", "provider", "model", "then", "preview"];

    public static string Of(PageUrl url) => url.Text(Parameter) is Add or Import or Unpriced or Reprice ? url.Text(Parameter)! : List;

    /// <summary>Whether the tab is there to change something.</summary>
    public static bool Changes(string tab) => tab is Add or Import;

    public static PageUrl To(PageUrl url, string tab) => url.To(Links.Prices).Without(Own).With(Parameter, tab);

    /// <summary>What today's prices would change of one model, or of all.</summary>
    public static PageUrl ToReprice(PageUrl url, string? provider, string? model)
    {
        var target = To(url, Reprice).With("preview", "true");
        if (provider is not null) target = target.With("provider", provider);
        return model is null ? target : target.With("model", model);
    }
}

/// <summary>What the prices page shows.</summary>
/// <param name="List">Null unless its tab is open.</param>
/// <param name="Unpriced">Of the range: its count is on the tab.</param>
/// <param name="Runs">Re-pricings, newest first; null unless their tab is open.</param>
/// <param name="MayManage">Whether the visitor may change prices.</param>
public sealed record PricesView(TimeRange Range, PricePage? List, IReadOnlyList<UnpricedModel> Unpriced, IReadOnlyList<RepriceProgress>? Runs, bool MayManage);
