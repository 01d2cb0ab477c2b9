using System.Collections.Concurrent;
using System.Collections.Frozen;

namespace AgentConsole.Pricing;

/// <summary>
/// An immutable set of dated prices. Which row prices a request, of those that fit its model and time:
/// the tenant's before the list's, the asked service tier's before the standard one's, any row's before a seed row's,
/// the closer match, the later start, the later entry, the one bound to hours, the highest input size.
/// </summary>
public sealed class PriceBook
{
    /// <summary>Model names remembered per book; a flood of made-up names empties the memory and nothing else.</summary>
    private const int MaxRemembered = 20_000;

    private readonly FrozenDictionary<string, PricedRow[]> _listed;
    private readonly FrozenDictionary<string, PricedRow[]> _contracts;
    private readonly FrozenDictionary<string, PricedRow> _byId;
    private readonly IReadOnlyList<PriceTerms> _terms;
    private ConcurrentDictionary<(string Tenant, string Provider, string Model), Candidates> _remembered = new();
    private int _rememberedCount;

    public PriceBook(IEnumerable<PriceRow> rows, IReadOnlyList<PriceTerms>? terms = null)
    {
        _terms = terms ?? SeedPrices.Terms;
        var priced = rows.Select(static row => new PricedRow(row)).DistinctBy(static row => row.Id).ToArray();
        _byId = priced.ToFrozenDictionary(static row => row.Id);
        _listed = Group(priced.Where(static row => row.Row.Tenant is null), static row => row.Row.Provider);
        _contracts = Group(priced.Where(static row => row.Row.Tenant is not null), static row => row.Row.Tenant!);
        Rows = Array.ConvertAll(priced, static row => row.Row);
    }

    /// <summary>The prices that the product comes with.</summary>
    public static PriceBook Seed { get; } = new(SeedPrices.Rows, SeedPrices.Terms);

    public IReadOnlyList<PriceRow> Rows { get; }

    public PriceRow? Find(string id) => _byId.TryGetValue(id, out var row) ? row.Row : null;

    /// <summary>USD with 12 decimals and the id of the row that made it; null when nothing prices it.</summary>
    public (decimal Cost, string PriceId)? Price(in Consumption consumption)
    {
        if (!TrySelect(consumption, out var choice) || !Charge.TryTotal(consumption, choice, out var total))
            return null;
        return (total, choice.PriceId);
    }

    /// <summary>Cost and the customer's price, which differ by the contract's margin; null when nothing prices it.</summary>
    public (decimal Cost, decimal CustomerPrice, string PriceId)? Quote(in Consumption consumption)
    {
        if (!TrySelect(consumption, out var choice) || !Charge.TryTotal(consumption, choice, out var total))
            return null;
        return (total, Charge.CustomerPrice(total, choice), choice.PriceId);
    }

    /// <summary>How the cost came about: the same arithmetic, line by line. With <paramref name="priceId"/>, by that row.</summary>
    public Receipt Explain(in Consumption consumption, string? priceId = null)
    {
        var found = priceId is null ? TrySelect(consumption, out var choice) : TryRecall(consumption, priceId, out choice);
        return found
            ? Charge.Explain(consumption, choice)
            : new Receipt { Notes = [priceId is null ? ReceiptNotes.NoPrice : ReceiptNotes.PriceGone] };
    }

    /// <summary>
    /// USD: what cached tokens would have cost as fresh ones, less what they cost, by the row that priced them; below zero where writing cost more than reading saved.
    /// Exact for the sums of requests that one row priced alike. Null when the row or one of its prices is not there.
    /// </summary>
    public decimal? CacheSavings(in Consumption consumption, string priceId) =>
        TryRecall(consumption, priceId, out var choice) ? Charge.CacheSavings(consumption, choice) : null;

    /// <summary>What a row of <see cref="Rows"/> is good for now.</summary>
    public PriceStanding StandingOf(PriceRow row, DateTimeOffset now) => new Standings(this, now).Of(row);

    /// <summary>The row that prices now what a row is for, whether that one is in the book or not; null when none does.</summary>
    public PriceRow? PricedBy(PriceRow row, DateTimeOffset now) => new Standings(this, now).PricedBy(row);

    /// <summary>The rows that could price a request, whatever its time, tier and size.</summary>
    internal Candidates CandidatesFor(in Consumption consumption) => Resolve(consumption);

    private bool TrySelect(in Consumption consumption, out Choice choice)
    {
        var candidates = Resolve(consumption);
        var input = Charge.InputTokens(consumption.Tokens);
        return candidates.TryChoose(consumption, input, out choice);
    }

    /// <summary>The rows that priced it then, even if others would price it now.</summary>
    private bool TryRecall(in Consumption consumption, string priceId, out Choice choice)
    {
        choice = default;
        var ids = priceId.Split('+', 2);
        if (!_byId.TryGetValue(ids[0], out var row))
            return false;
        PricedRow? contract = null;
        if (ids.Length == 2 && !_byId.TryGetValue(ids[1], out contract))
            return false;
        choice = new Choice(row, contract, priceId, TermsOf(row.Row.Provider, consumption.Model), ServiceTiers.Of(consumption));
        return true;
    }

    private Candidates Resolve(in Consumption consumption)
    {
        var tenant = _contracts.ContainsKey(consumption.Tenant) ? consumption.Tenant : "";
        var key = (tenant, consumption.Provider, consumption.Model);
        var remembered = _remembered;
        if (remembered.TryGetValue(key, out var candidates))
            return candidates;
        candidates = Search(tenant, Providers.Canonical(consumption.Provider), consumption.Model.Trim());
        if (Interlocked.Increment(ref _rememberedCount) > MaxRemembered)
            (_remembered, _rememberedCount) = (new(), 0);
        else
            remembered.TryAdd(key, candidates);
        return candidates;
    }

    private Candidates Search(string tenant, string provider, string model)
    {
        var contracts = tenant.Length == 0 ? [] : _contracts[tenant];
        foreach (var seller in Providers.PricedBy(provider))
            foreach (var name in ModelNames.Variants(model))
                if (Fitting(seller, name, contracts) is { } found)
                    return found;
        return Providers.PassesPricesThrough(provider) && ModelNames.Split(model) is var (vendor, rest)
            ? Search(tenant, vendor, rest)
            : Candidates.None;
    }

    private Candidates? Fitting(string provider, string model, PricedRow[] contracts)
    {
        var own = contracts.Where(row => row.Row.Provider == provider || row.Row.Provider == "*");
        var list = _listed.TryGetValue(provider, out var rows) ? rows : [];
        var found = new Candidates(Candidates.Order(own, model), Candidates.Order(list, model), TermsOf(provider, model));
        return found.IsEmpty ? null : found;
    }

    private ModelTerms TermsOf(string provider, string model) => new(
        [.. _terms.Where(terms => terms.Provider == provider && (terms.Match is null || terms.Match.Matches(model)))]);

    private static FrozenDictionary<string, PricedRow[]> Group(IEnumerable<PricedRow> rows, Func<PricedRow, string> key) =>
        rows.GroupBy(key).ToFrozenDictionary(static group => group.Key, static group => group.ToArray());
}
