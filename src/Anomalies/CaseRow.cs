namespace AgentConsole.Anomalies;

/// <summary>A case as people see it. USD, as of <paramref name="SeenAt"/>.</summary>
/// <param name="To">The end of what is known to be unusual.</param>
/// <param name="IsOver">The cost is back to normal since <paramref name="To"/>.</param>
/// <param name="Weeks">See <see cref="Incident.Weeks"/>.</param>
public sealed record CaseRow(
    CaseSubject Subject, Guid Id, DateTimeOffset From, DateTimeOffset To, bool IsOver, decimal Cost, decimal Expected, decimal Score, IReadOnlyList<int> Weeks, int KnownWeeks,
    DateTimeOffset OpenedAt, DateTimeOffset SeenAt, CaseState State, string? Assignee, CaseVerdict? Verdict, DateTimeOffset? ClosedAt)
{
    public string Tenant => Subject.Tenant;

    public decimal Excess => Cost - Expected;

    public bool HasHistory => KnownWeeks > 0;

    internal static CaseRow Of(Case one) => new(
        new(one.TenantId, one.Of, one.Subject), one.CaseId, one.BeganAt, one.EndedAt, one.IsOver, one.Cost, one.Expected, one.Score, one.Weeks, one.KnownWeeks,
        one.OpenedAt, one.SeenAt, one.State, one.Assignee, one.Verdict, one.ClosedAt);
}

/// <param name="Author">A member or key, or <c>system</c>.</param>
public sealed record CaseEntryRow(Guid Id, DateTimeOffset At, string Author, CaseEntryKind Kind, string Text)
{
    internal static CaseEntryRow Of(CaseEntry entry) => new(entry.EntryId, entry.At, entry.Author, entry.Kind, entry.Text);
}

/// <summary>The names of the API and of pages.</summary>
public static class CaseNames
{
    public static string Name(this CaseOf of) => of switch { CaseOf.Tenant => "tenant", CaseOf.User => "user", CaseOf.Key => "key", _ => throw new ArgumentOutOfRangeException(nameof(of)) };

    public static string Name(this CaseState state) => state switch { CaseState.Open => "open", CaseState.Investigating => "investigating", CaseState.Closed => "closed", _ => throw new ArgumentOutOfRangeException(nameof(state)) };

    public static string Name(this CaseVerdict verdict) => verdict switch
    {
        CaseVerdict.Confirmed => "confirmed",
        CaseVerdict.Expected => "expected",
        CaseVerdict.FalseAlarm => "falseAlarm",
        _ => throw new ArgumentOutOfRangeException(nameof(verdict)),
    };

    public static string Name(this CaseEntryKind kind) => kind switch
    {
        CaseEntryKind.Opened => "opened",
        CaseEntryKind.Taken => "taken",
        CaseEntryKind.Note => "note",
        CaseEntryKind.Closed => "closed",
        CaseEntryKind.Reopened => "reopened",
        _ => throw new ArgumentOutOfRangeException(nameof(kind)),
    };

    public static CaseVerdict? ParseVerdict(string? name) => Enum.GetValues<CaseVerdict>().Where(verdict => verdict.Name() == name).Select(static verdict => (CaseVerdict?)verdict).FirstOrDefault();
}
