using AgentConsole.Platform;
using AgentConsole.Platform.Data;
using AgentConsole.Usage.Reconciliation;

namespace AgentConsole.Usage;

/// <param name="Ours">USD by the ledger; null when it has nothing for that day and model, or nothing with a price.</param>
/// <param name="Theirs">USD by the invoice; null when it has nothing.</param>
public sealed record InvoiceVariance(DateOnly Day, string Model, decimal? Ours, decimal? Theirs, long Unpriced)
{
    /// <summary>Null when the ledger's cost is unknown.</summary>
    public decimal? Difference => Ours is null && Unpriced > 0 ? null : (Theirs ?? 0) - (Ours ?? 0);
}

/// <param name="Problems">Rows of the file that could not be read, at most 50.</param>
public sealed record InvoiceComparison(DateOnly From, DateOnly To, int Rows, IReadOnlyList<InvoiceVariance> Days, IReadOnlyList<string> Problems)
{
    public decimal Ours => Days.Sum(static day => day.Ours ?? 0);

    public decimal Theirs => Days.Sum(static day => day.Theirs ?? 0);

    public long Unpriced => Days.Sum(static day => day.Unpriced);

    /// <summary>Null when some request of the ledger has no price: what the whole differs by is then unknown.</summary>
    public decimal? Difference => Unpriced > 0 ? null : Theirs - Ours;
}

/// <summary>Holds a provider's invoice against the ledger, per UTC day and model. Nothing of the file is kept.</summary>
public sealed class CompareInvoice(UsageQueries queries)
{
    public async Task<Result<InvoiceComparison>> ExecuteAsync(Stream file, Reach reach, UsageFilter filter, CancellationToken cancellationToken)
    {
        var read = await Invoice.ReadAsync(file, cancellationToken);
        if (!read.Ok) return read.Error;
        if (read.Value.Costs.Count == 0) return new InvalidInvoice(read.Value.Problems.FirstOrDefault() is { } first ? $"No row could be read; {first}." : "The file has no rows with a cost.");
        var days = read.Value.Costs.Keys.Select(static key => key.Day).ToList();
        var (from, to) = (days.Min(), days.Max());
        var ours = await queries.BreakdownAsync(reach, new(Start(from), Start(to.AddDays(1)), TimeZoneInfo.Utc, Grain.Day, [Dimension.Model], filter), cancellationToken);
        return new InvoiceComparison(from, to, read.Value.Rows, Join(read.Value, ours), read.Value.Problems);
    }

    private static DateTimeOffset Start(DateOnly day) => new(day.ToDateTime(TimeOnly.MinValue), TimeSpan.Zero);

    private static List<InvoiceVariance> Join(Invoice invoice, Breakdown ledger)
    {
        var theirs = invoice.Costs.GroupBy(static cost => (cost.Key.Day, Name(cost.Key.Model))).ToDictionary(static day => day.Key, static day => day.Sum(static cost => cost.Value));
        var ours = ledger.Rows.GroupBy(static row => (DateOnly.FromDateTime(row.Bucket!.Value.UtcDateTime), Name(row.Group[0] ?? "")))
            .ToDictionary(static day => day.Key, static day => (Cost: day.Any(static row => row.Measures.CostKnown) ? day.Sum(static row => row.Measures.Cost) : (decimal?)null, Unpriced: day.Sum(static row => row.Measures.UnpricedRequests)));
        return
        [
            .. theirs.Keys.Union(ours.Keys).OrderBy(static key => key).Select(key => new InvoiceVariance(
                key.Item1, key.Item2,
                ours.TryGetValue(key, out var known) ? known.Cost : null,
                theirs.TryGetValue(key, out var charged) ? charged : null,
                known.Unpriced)),
        ];
    }

    /// <summary>Invoices name dated releases, events often the alias: without a trailing date both are the same model.</summary>
    private static string Name(string model)
    {
        var name = model.ToLowerInvariant();
        var dash = name.LastIndexOf('-');
        return dash > 0 && name.Length - dash == 9 && name[(dash + 1)..].All(char.IsAsciiDigit) ? name[..dash] : name;
    }
}
