using System.Globalization;

namespace AgentConsole.Limits;

/// <summary>
/// A count that is exact: whole units and millionths of one. Of money the unit is a micro-dollar, so that its millionth is the ledger's last decimal (12);
/// of requests, tokens and holds the unit is one and there are no millionths.
/// </summary>
internal readonly record struct LimitAmount(long Units, int Millionths = 0) : IComparable<LimitAmount>
{
    private const decimal UnitsPerDollar = 1_000_000m;

    /// <summary>9·10^15, below 2^53: the largest count that Redis' scripts, whose numbers are doubles, add and compare exactly. In money nine billion dollars. A counter that reaches it stays there and refuses.</summary>
    public const long Most = 9_000_000_000_000_000;

    public static readonly LimitAmount Zero;

    public static bool Fits(decimal dollars) => dollars >= 0 && dollars <= Most / UnitsPerDollar;

    /// <summary>Exact to the twelfth decimal; what is finer is rounded up.</summary>
    public static LimitAmount OfMoney(decimal dollars)
    {
        var units = decimal.Floor(dollars * UnitsPerDollar);
        var rest = decimal.Ceiling((dollars * UnitsPerDollar - units) * UnitsPerDollar);
        return rest >= UnitsPerDollar ? new((long)units + 1) : new((long)units, (int)rest);
    }

    /// <summary>In whole micro-dollars, rounded up: a hold is never less than what it is for.</summary>
    public static long HoldOfMoney(decimal dollars) => (long)decimal.Ceiling(dollars * UnitsPerDollar);

    /// <summary>In whole micro-dollars, rounded down: a limit is never more than what was set.</summary>
    public static long MaxOfMoney(decimal dollars) => (long)decimal.Floor(dollars * UnitsPerDollar);

    /// <summary>Dollars of money, else the count.</summary>
    public decimal In(LimitMeasure measure) => measure == LimitMeasure.Cost ? Units / UnitsPerDollar + Millionths / (UnitsPerDollar * UnitsPerDollar) : Units;

    public static LimitAmount Of(LimitMeasure measure, decimal value) => measure == LimitMeasure.Cost ? OfMoney(value) : new((long)value);

    /// <summary>As the public API writes it: <c>25.00</c> of money with as many decimals as it has and two at least, else a whole number.</summary>
    public static string Text(LimitMeasure measure, decimal value) => value.ToString(measure == LimitMeasure.Cost ? "0.00##########" : "0", CultureInfo.InvariantCulture);

    public static LimitAmount operator +(LimitAmount a, LimitAmount b) => Normal(a.Units + b.Units, a.Millionths + b.Millionths);

    public static LimitAmount operator -(LimitAmount a, LimitAmount b) => Normal(a.Units - b.Units, a.Millionths - b.Millionths);

    public int CompareTo(LimitAmount other) => Units == other.Units ? Millionths.CompareTo(other.Millionths) : Units.CompareTo(other.Units);

    private static LimitAmount Normal(long units, int millionths) => millionths switch
    {
        >= 1_000_000 => new(Math.Min(units + 1, Most), millionths - 1_000_000),
        < 0 => new(units - 1, millionths + 1_000_000),
        _ => new(Math.Min(units, Most), millionths),
    };
}
