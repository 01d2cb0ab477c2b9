using System.Globalization;
using AgentConsole.Platform;
using CsvHelper;

namespace AgentConsole.Usage.Reconciliation;

/// <summary>What a provider says it charged: USD per UTC day and model.</summary>
internal sealed record Invoice(IReadOnlyDictionary<(DateOnly Day, string Model), decimal> Costs, int Rows, IReadOnlyList<string> Problems)
{
    private const int MaxRows = 1_000_000;
    private const int MaxProblems = 50;

    private static readonly string[] DayColumns = ["chargeperiodstart", "date", "day", "usage_date", "usagedate", "start_time_iso", "starttime", "bucket_start_time"];
    private static readonly string[] CostColumns = ["billedcost", "cost", "cost_usd", "cost (usd)", "amount", "amount_value", "total_cost", "spend"];
    private static readonly string[] ModelColumns = ["resourceid", "x_model", "model", "model_name", "line_item", "resourcename", "skuid"];
    private static readonly string[] CurrencyColumns = ["billingcurrency", "currency", "amount_currency"];

    /// <summary>Reads a FOCUS file or any CSV with a day, a model and a cost column. A row that cannot be read is a problem with its line; the others count.</summary>
    public static async Task<Result<Invoice>> ReadAsync(Stream stream, CancellationToken cancellationToken)
    {
        await using var csv = CsvReader.Create(stream, new CsvReaderOptions { HasHeader = false, CommentPrefix = '#', SkipEmptyLines = true }, leaveOpen: true);
        if (!await csv.ReadAsync(cancellationToken)) return new InvalidInvoice("The file is empty.");
        var header = Enumerable.Range(0, csv.FieldCount).Select(index => csv.GetString(index).Trim().ToLowerInvariant()).ToArray();
        var (day, cost, model, currency) = (Find(header, DayColumns), Find(header, CostColumns), Find(header, ModelColumns), Find(header, CurrencyColumns));
        if (day < 0) return new InvalidInvoice("No column says the day: ChargePeriodStart or date.");
        if (cost < 0) return new InvalidInvoice("No column says the cost: BilledCost, cost or amount.");
        if (model < 0) return new InvalidInvoice("No column says the model: ResourceId or model.");

        var costs = new Dictionary<(DateOnly, string), decimal>();
        var problems = new List<string>();
        var rows = 0;
        while (await csv.ReadAsync(cancellationToken))
        {
            if (++rows > MaxRows) return new InvalidInvoice($"The file has more than {MaxRows:N0} rows.");
            if (Row(csv, day, cost, model, currency, costs) is { } problem && problems.Count < MaxProblems) problems.Add($"row {rows}: {problem}");
        }
        return new Invoice(costs, rows, problems);
    }

    private static int Find(string[] header, string[] names) =>
        names.Select(name => Array.IndexOf(header, name)).FirstOrDefault(static index => index >= 0, -1);

    private static string? Row(CsvReader csv, int day, int cost, int model, int currency, Dictionary<(DateOnly, string), decimal> costs)
    {
        if (csv.FieldCount <= Math.Max(day, Math.Max(cost, model))) return "has too few columns";
        if (currency >= 0 && currency < csv.FieldCount && csv.GetString(currency) is { Length: > 0 } unit && !unit.Equals("USD", StringComparison.OrdinalIgnoreCase)) return $"is in {unit}, not USD";
        if (!DateTimeOffset.TryParse(csv.GetString(day), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at)) return "its day is not a date";
        var text = csv.GetString(cost).Trim().TrimStart('$');
        if (text.Length == 0) return null;
        if (!decimal.TryParse(text, NumberStyles.Float | NumberStyles.AllowThousands, CultureInfo.InvariantCulture, out var amount)) return "its cost is not a number";
        var key = (DateOnly.FromDateTime(at.UtcDateTime), csv.GetString(model).Trim());
        costs[key] = costs.GetValueOrDefault(key) + amount;
        return null;
    }
}

internal sealed record InvalidInvoice(string Reason) : Error("invalid_invoice", Reason);
