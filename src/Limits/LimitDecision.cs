namespace AgentConsole.Limits;

/// <summary>A request that is about to be sent.</summary>
/// <param name="RequestId">Its own, and that of its usage event: so what it used counts once.</param>
/// <param name="Tokens">At most so many; needed where a limit counts tokens.</param>
/// <param name="Cost">USD, at most so much; needed where a limit counts money. What a request comes to above its estimate is the only way over a limit.</param>
public sealed record LimitRequest(string RequestId, LimitSubject Subject, long? Tokens = null, decimal? Cost = null, TimeSpan? HoldFor = null);

public enum LimitRefusalReason
{
    /// <summary>What is spent, held and asked for together is more than the maximum.</summary>
    Exceeded,
    /// <summary>What was spent is not known at present; of money nothing is granted then.</summary>
    Unknown,
}

/// <summary>Why a request is refused.</summary>
/// <param name="Remaining">In the limit's unit; null when it is not known.</param>
/// <param name="ResetsAt">When the window ends; of concurrency when the last hold ends by itself, if no request ends before; null when it is not known.</param>
public sealed record LimitRefusal(LimitRow Limit, decimal? Remaining, DateTimeOffset? ResetsAt, LimitRefusalReason Reason);

/// <param name="HoldExpiresAt">Of a granted one: by then it is settled, released or extended, or its hold ends by itself.</param>
/// <param name="Warnings">Limits that only warn and are exceeded with this request.</param>
public sealed record LimitDecision(DateTimeOffset? HoldExpiresAt, LimitRefusal? Refusal, IReadOnlyList<LimitRow> Warnings)
{
    public bool IsGranted => Refusal is null;
}

/// <summary>How one limit stands for a subject.</summary>
/// <param name="IsOverridden">Another limit of the same subject, measure and window takes its place.</param>
/// <param name="Spent">Null when it is not known at present; so with <paramref name="Held"/>.</param>
/// <param name="From">Of the present window; null of concurrency, and of a session that has not begun.</param>
/// <param name="Binds">Of all that block it has the smallest share left.</param>
public sealed record LimitStanding(LimitRow Limit, bool IsOverridden, decimal? Spent, decimal? Held, DateTimeOffset? From, DateTimeOffset? ResetsAt, bool Binds)
{
    /// <summary>Null when it is not known; never below zero.</summary>
    public decimal? Remaining => Spent is { } spent && Held is { } held ? Math.Max(0, Limit.Max - spent - held) : null;
}

/// <param name="At">By the counters' clock.</param>
public sealed record LimitStandings(LimitSubject Subject, DateTimeOffset At, TimeZoneInfo Zone, IReadOnlyList<LimitStanding> Items);
