namespace AgentConsole.Pricing;

public enum StandingKind
{
    /// <summary>It prices requests now.</summary>
    InForce,
    /// <summary>It prices requests of an earlier time only.</summary>
    Earlier,
    /// <summary>It will price, from a time to come.</summary>
    Later,
    /// <summary>It prices nothing at any time: another row is always chosen in its place.</summary>
    Shadowed,
    /// <summary>A later import or entry took its very place.</summary>
    Replaced,
    /// <summary>Its pattern does not tell which names to ask about.</summary>
    Unclear,
}

public static class StandingKinds
{
    public static string Name(this StandingKind kind) => kind switch
    {
        StandingKind.InForce => "inForce",
        StandingKind.Earlier => "earlier",
        StandingKind.Later => "later",
        StandingKind.Shadowed => "shadowed",
        StandingKind.Replaced => "replaced",
        StandingKind.Unclear => "unclear",
        _ => throw new ArgumentOutOfRangeException(nameof(kind)),
    };
}

/// <summary>What a row is good for, as the book itself chooses.</summary>
/// <param name="Name">The model's name that was asked about; null when none was.</param>
/// <param name="By">The row that prices this name now when it is not this one; null when it is, or when none does.</param>
public sealed record PriceStanding(StandingKind Kind, string? Name = null, PriceRow? By = null)
{
    public static readonly PriceStanding Replaced = new(StandingKind.Replaced);
    public static readonly PriceStanding Unclear = new(StandingKind.Unclear);
}

/// <summary>
/// Asks a book what a row is good for: 1. names that the row is for; 2. for each, the moments at which the choice can change within the row's dates and hours;
/// 3. which row the book chooses at each, in the row's own tier and from its own input size.
/// </summary>
internal sealed class Standings(PriceBook book, DateTimeOffset now)
{
    /// <summary>Names asked about at most: a row for any model of any provider could be asked about all.</summary>
    private const int MaxNames = 200;

    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

    public PriceStanding Of(PriceRow row)
    {
        if (row.Retired) return PriceStanding.Replaced;
        var asked = Consumptions(row).Take(MaxNames).ToList();
        if (asked.Count == 0) return PriceStanding.Unclear;
        var kinds = asked.ConvertAll(consumption => KindFor(row, consumption));
        var by = PricedBy(row, asked[0]);
        return new(kinds.Min(), asked[0].Model, ReferenceEquals(by, row) ? null : by);
    }

    public PriceRow? PricedBy(PriceRow row) => Consumptions(row).Take(1).Select(asked => PricedBy(row, asked)).FirstOrDefault();

    private PriceRow? PricedBy(PriceRow row, in Consumption asked) => Chosen(row, asked with { At = now });

    /// <summary>One for each name that the row is known to be for; what is not compared is left at a standard.</summary>
    private IEnumerable<Consumption> Consumptions(PriceRow row)
    {
        var isBatch = row.Tier == ServiceTiers.Batch;
        return Names(row).Select(name => new Consumption(row.Tenant ?? "", name.Provider, name.Model, now, default, isBatch ? PriceRow.StandardTier : row.Tier, isBatch));
    }

    /// <summary>A contract for every provider is for the names of the list.</summary>
    private IEnumerable<(string Provider, string Model)> Names(PriceRow row)
    {
        if (row.Provider == "*")
            return book.Rows.Where(static listed => listed.Tenant is null).SelectMany(static listed => NamesOf(listed).Select(name => (listed.Provider, name))).Where(name => row.Match.Matches(name.name)).Distinct();
        return NamesOf(row).Select(name => (row.Provider, name));
    }

    private static IEnumerable<string> NamesOf(PriceRow row) => row.Match.Samples().Prepend(row.Model).Where(row.Match.Matches).Distinct(StringComparer.OrdinalIgnoreCase);

    private StandingKind KindFor(PriceRow row, Consumption consumption)
    {
        var rivals = book.CandidatesFor(consumption).Rows.ToList();
        if (Moments(row, rivals, [now]).Any(at => IsChosen(at))) return StandingKind.InForce;
        var changes = rivals.SelectMany(static rival => new[] { rival.ValidFrom, rival.ValidTo }).OfType<DateTimeOffset>().Append(row.ValidFrom ?? DateTimeOffset.UnixEpoch).ToList();
        if (Moments(row, rivals, changes.Where(at => at > now)).Any(at => IsChosen(at))) return StandingKind.Later;
        return Moments(row, rivals, changes.Where(at => at <= now)).Any(at => IsChosen(at)) ? StandingKind.Earlier : StandingKind.Shadowed;

        bool IsChosen(DateTimeOffset at) => ReferenceEquals(Chosen(row, consumption with { At = at }), row);
    }

    /// <summary>Each time given, and the hours of the day after it at which a window opens or closes; those at which the row holds.</summary>
    private static IEnumerable<DateTimeOffset> Moments(PriceRow row, List<PriceRow> rivals, IEnumerable<DateTimeOffset> times)
    {
        List<TimeOnly> hours = [.. rivals.Append(row).Select(static rival => rival.Window).OfType<DailyWindow>().SelectMany(static window => new[] { window.From, window.To }).Distinct()];
        return times.SelectMany(at => hours.Select(hour => Next(at, hour)).Prepend(at)).Where(row.HoldsAt);
    }

    private static DateTimeOffset Next(DateTimeOffset at, TimeOnly hour)
    {
        var today = new DateTimeOffset(at.UtcDateTime.Date, TimeSpan.Zero) + hour.ToTimeSpan();
        return today >= at ? today : today + Day;
    }

    /// <summary>The row itself when it has a part in the choice: as the price, or as the contract on top of it.</summary>
    private PriceRow? Chosen(PriceRow row, in Consumption consumption)
    {
        if (!book.CandidatesFor(consumption).TryChoose(consumption, row.MinInputTokens, out var choice)) return null;
        return ReferenceEquals(choice.Contract?.Row, row) ? row : choice.Row;
    }
}
