namespace AgentConsole.Limits.Counters;

/// <summary>
/// Counts what is spent and what is held, for all nodes alike. Two of a kind: in this process (<see cref="LocalCounters"/>), and in Redis (<see cref="RedisCounters"/>), which several nodes need.
/// Each call is one atomic step and happens at the counters' own time, not the caller's. Rules:
/// <list type="bullet">
/// <item>A meter is what one measure came to in one window of one subject. What counts against a maximum is spent + held.</item>
/// <item>A reservation holds on all its meters or on none. A hold ends by itself at its time; from that moment on it does not count.</item>
/// <item>Of a request that was settled by its sender the ledger's event takes the place; what comes again changes nothing.</item>
/// <item>A kind of meter is unknown until its sums were loaded from the ledger (<see cref="AdjustAsync"/>, <see cref="OpenAsync"/>); what is spent meanwhile is counted. Counters that are lost begin a new epoch, in which every kind is unknown.</item>
/// </list>
/// </summary>
internal interface ICounters
{
    Task<ReserveReply> ReserveAsync(ReserveCall call);

    /// <summary>Holds longer, and as much as is now estimated, or changes nothing.</summary>
    Task<ReserveReply> ExtendAsync(ExtendCall call);

    /// <summary>Its hold becomes what it came to, on the meters on which it was held.</summary>
    Task<RequestReply> SettleAsync(string tenant, string requestId, RequestUse use);

    /// <summary>What the ledger has of a request, on the ledger's meters: in the place of its hold or of what its sender settled.</summary>
    /// <param name="isEvent">False: what its sender settled, of which an event may still take the place.</param>
    Task<RequestReply> CountAsync(string tenant, string requestId, IReadOnlyList<MeterCount> counts, bool isEvent);

    Task<RequestReply> ReleaseAsync(string tenant, string requestId);

    /// <summary>What is known of a request; changes nothing.</summary>
    Task<RequestReply> PeekAsync(string tenant, string requestId);

    Task<IReadOnlyList<MeterReading>> ReadAsync(string tenant, IReadOnlyList<string> meters);

    /// <summary>The names of the meters that something was counted on and whose windows are not long over.</summary>
    Task<IReadOnlyList<string>> ListMetersAsync(string tenant);

    /// <summary>Begins to count on kinds of meters, ends what is over, and says how the tenant's counters stand.</summary>
    Task<CountersState> TouchAsync(string tenant, IReadOnlyList<string> kinds);

    /// <summary>Adds to meters, or takes away, what the ledger says. Nothing when the counters were lost since <paramref name="epoch"/>.</summary>
    /// <param name="revision">Of a repair: that of the counters when it was found out; nothing when another was made since. Null of a load, which counts once per meter and epoch, however often it is done.</param>
    Task<bool> AdjustAsync(string tenant, string epoch, IReadOnlyList<MeterCount> counts, long? revision);

    /// <summary>From now on what these kinds of meters say is all there is.</summary>
    Task<bool> OpenAsync(string tenant, string epoch, IReadOnlyList<string> kinds);

    /// <summary>Requests that are held, the oldest end first.</summary>
    Task<IReadOnlyList<string>> ListHeldAsync(string tenant, int most);

    /// <summary>For senders of several tenants, whose settlements name none.</summary>
    Task RememberTenantAsync(string requestId, string tenant);

    /// <summary>Null when it is not known; empty when several tenants have a request of that id.</summary>
    Task<string?> FindTenantAsync(string requestId);

    /// <summary>Names the memory that the counters are in: another one after it was lost. Null while it cannot be reached.</summary>
    Task<CountersMemory?> MemoryAsync();
}

/// <param name="ReadyAt">Until then nodes may still be telling a new memory of the holds that they gave.</param>
internal sealed record CountersMemory(string Name, DateTimeOffset ReadyAt, DateTimeOffset Now);

/// <summary>The counters cannot be reached.</summary>
internal sealed class CountersAwayException(Exception inner) : Exception("The counters cannot be reached.", inner);

/// <summary>When a meter's window is.</summary>
internal readonly record struct MeterWindow(long StartMs, long EndMs)
{
    /// <summary>Concurrency has no window.</summary>
    public static readonly MeterWindow None = new(-1, 0);

    /// <summary>Begins with the first use, and ends <see cref="SessionLength"/> later; when that is, the counters know.</summary>
    public static readonly MeterWindow Session = new(-2, 0);

    /// <summary>Of a session of which something was used then.</summary>
    public static MeterWindow SessionSince(DateTimeOffset at) => new(Session.StartMs, (at + SessionLength).ToUnixTimeMilliseconds());

    public static readonly TimeSpan SessionLength = TimeSpan.FromHours(24);

    public bool IsCalendar => StartMs >= 0;

    public bool IsSession => StartMs == Session.StartMs;
}

/// <summary>What a reservation wants of one meter.</summary>
/// <param name="Meter">Measure, window and subject, with the window's start; see <see cref="Meter"/>.</param>
/// <param name="Kind">Measure, window and dimensions, without their values.</param>
/// <param name="Max">Null: nothing is refused.</param>
internal readonly record struct MeterClaim(string Meter, string Kind, LimitMeasure Measure, long Amount, long? Max, MeterWindow Window);

/// <summary>What was used, to be counted on one meter.</summary>
internal readonly record struct MeterCount(string Meter, string Kind, LimitAmount Amount, MeterWindow Window);

/// <param name="Note">Of the caller, given back by settling.</param>
internal sealed record ReserveCall(string Tenant, string RequestId, TimeSpan HoldFor, string Note, IReadOnlyList<MeterClaim> Claims)
{
    /// <summary>Of a request; the note is its subject.</summary>
    public ReserveCall(LimitRequest request, IReadOnlyList<MeterClaim> claims, TimeSpan otherwise)
        : this(request.Subject.Tenant, request.RequestId, request.HoldFor ?? otherwise, System.Text.Json.JsonSerializer.Serialize(request.Subject, LimitRow.Json), claims)
    {
    }
}

/// <param name="Tokens">Null: as before. So with <paramref name="Cost"/>, in micro-dollars.</param>
/// <param name="Claims">Of the maxima that hold now; amounts do not matter.</param>
internal sealed record ExtendCall(string Tenant, string RequestId, TimeSpan HoldFor, long? Tokens, long? Cost, IReadOnlyList<MeterClaim> Claims);

/// <summary>What a request came to.</summary>
/// <param name="Requests">None when it was denied.</param>
internal readonly record struct RequestUse(long Tokens, LimitAmount Cost, int Requests = 1)
{
    public LimitAmount Of(LimitMeasure measure) => measure switch
    {
        LimitMeasure.Requests => new(Requests),
        LimitMeasure.Tokens => new(Tokens),
        LimitMeasure.Cost => Cost,
        LimitMeasure.Concurrency => LimitAmount.Zero,
        _ => throw new ArgumentOutOfRangeException(nameof(measure)),
    };
}

internal enum ReserveOutcome
{
    Granted,
    /// <summary>A maximum would be exceeded: the readings say which.</summary>
    Refused,
    /// <summary>Money is asked for and a kind of meter is not loaded: the indexes say which.</summary>
    Unknown,
    /// <summary>A window is not the counters' present one; ask again with those of their time.</summary>
    OtherWindow,
    /// <summary>The request is over.</summary>
    Over,
    /// <summary>Nothing is held for the request (extending only).</summary>
    NotHeld,
    /// <summary>So much is held that no more is taken on.</summary>
    Full,
}

/// <param name="Readings">Of the claims, in their order, as they were before; empty where none were read.</param>
/// <param name="Indexes">Of the claims that refused or are unknown.</param>
internal sealed record ReserveReply(ReserveOutcome Outcome, string Epoch, DateTimeOffset Now, DateTimeOffset? HoldExpiresAt, IReadOnlyList<MeterReading> Readings, IReadOnlyList<int> Indexes);

/// <param name="Until">When a session's window ends, or when the last hold of concurrency does at the latest.</param>
internal readonly record struct MeterReading(LimitAmount Spent, long Held, DateTimeOffset? Until)
{
    /// <summary>What counts against a maximum, in whole units, rounded up.</summary>
    public long Used => Spent.Units + (Spent.Millionths > 0 ? 1 : 0) + Held;
}

internal enum RequestOutcome
{
    Done,
    /// <summary>It was so already: nothing changed.</summary>
    Already,
    /// <summary>Nothing is known of such a request, or not any more.</summary>
    NotKnown,
}

internal enum RequestState { NotKnown, Held, Expired, Released, Settled, Counted }

/// <param name="State">Before the call.</param>
/// <param name="IsAbove">Of a settlement: it came to more than was held.</param>
internal sealed record RequestReply(RequestOutcome Outcome, RequestState State, DateTimeOffset Now, DateTimeOffset? ReservedAt = null, string? Note = null, bool IsAbove = false);

/// <param name="Held">Requests that are held.</param>
/// <param name="Unknown">Of the kinds asked about those that are not loaded.</param>
/// <param name="Revision">Counts the repairs, so that two that found the same are not both made.</param>
internal sealed record CountersState(string Epoch, DateTimeOffset Now, int Held, IReadOnlyList<string> Unknown, long Revision);
