using AgentConsole.Usage;

namespace AgentConsole.Anomalies;

/// <summary>What a case is about, stored by number.</summary>
public enum CaseOf : short { Tenant = 1, User = 2, Key = 3 }

/// <param name="Name">Empty when it is the tenant itself.</param>
public sealed record CaseSubject(string Tenant, CaseOf Of, string Name)
{
    public Dimension Dimension => Of switch { CaseOf.Tenant => Dimension.Tenant, CaseOf.User => Dimension.User, CaseOf.Key => Dimension.Key, _ => throw new InvalidOperationException($"{Of}") };

    /// <summary>Its usage, and no other.</summary>
    public UsageFilter Filter
    {
        get
        {
            var tenant = UsageFilter.None.With(Dimension.Tenant, Tenant);
            return Of == CaseOf.Tenant ? tenant : tenant.With(Dimension, Name);
        }
    }
}

/// <summary>A stretch of time in which a subject cost far more than expected. USD.</summary>
/// <param name="Expected">The mean of <paramref name="Weeks"/>, which is the median of all that are known; 0 without history.</param>
/// <param name="Score">In spreads; see <see cref="Baseline"/>.</param>
/// <param name="Weeks">How many weeks earlier those are whose usage is expected now: the one or two in the middle of those known.</param>
/// <param name="KnownWeeks">0: the subject has no history.</param>
public sealed record Incident(CaseSubject Subject, DateTimeOffset From, DateTimeOffset To, bool GoesOn, decimal Cost, decimal Expected, decimal Score, IReadOnlyList<int> Weeks, int KnownWeeks)
{
    /// <summary>Who explains so much of another's excess is the case, and the other is not.</summary>
    private const decimal Most = 0.6m;

    /// <summary>A user who spends more above the usual than a key cannot be doing it through that key alone.</summary>
    private const decimal Fits = 1.25m;

    public decimal Excess => Cost - Expected;

    public bool Meets(DateTimeOffset from, DateTimeOffset to) => From < to && from < To;

    /// <summary>
    /// Those that are to be cases: every user; of the keys those whose excess the users of the same time do not make up, for a user is who can be asked; and the tenant
    /// only when neither do, for its excess is theirs summed.
    /// </summary>
    public static IReadOnlyList<Incident> Leading(IReadOnlyList<Incident> found)
    {
        var leading = found.Where(static one => one.Subject.Of == CaseOf.User).ToList();
        var users = leading.ToList();
        leading.AddRange(found.Where(one => one.Subject.Of == CaseOf.Key && !IsExplained(one, users.Where(user => user.Excess <= one.Excess * Fits))));
        var parts = leading.ToList();
        leading.AddRange(found.Where(one => one.Subject.Of == CaseOf.Tenant && !IsExplained(one, parts)));
        return leading;
    }

    private static bool IsExplained(Incident whole, IEnumerable<Incident> parts) => parts.Where(part => part.Meets(whole.From, whole.To)).Sum(static part => part.Excess) >= whole.Excess * Most;
}
