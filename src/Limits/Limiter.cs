using System.Diagnostics;
using System.Text.Json;
using AgentConsole.Limits.Counters;
using AgentConsole.Limits.Truth;
using AgentConsole.Platform;

namespace AgentConsole.Limits;

/// <summary>
/// Stands in front of every request: reserves before, settles after. Of a reservation 1. the limits that are about it are looked up in this node's snapshot; 2. all their meters are
/// held on, or none, in one step of the counters; 3. what is not loaded is loaded, and asked again; 4. where the counters are away money is refused, and rates go by this node's share.
/// Whoever calls has made sure that it may speak for the tenant.
/// </summary>
public sealed class Limiter
{
    private const int MaxTries = 4;

    /// <summary>A reservation waits so long for counters that are being loaded.</summary>
    private static readonly TimeSpan LoadPatience = TimeSpan.FromSeconds(4);

    /// <summary>A node that has much else to do tells its holds so late at most.</summary>
    private static readonly TimeSpan LongestTelling = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan AskAgain = TimeSpan.FromMilliseconds(250);

    private readonly ICounters _counters;
    private readonly CurrentLimits _current;
    private readonly LoadCounters _load;
    private readonly Settlements _settlements;
    private readonly LateCounts _late;
    private readonly LocalShare _share;
    private readonly LimiterState _state;
    private readonly RecordRefusals _refusals;
    private readonly LimitsOptions _options;
    private readonly TimeProvider _time;
    private long _clockMs;

    internal Limiter(ICounters counters, CurrentLimits current, LoadCounters load, Settlements settlements, LateCounts late, LocalShare share, LimiterState state, RecordRefusals refusals, LimitsOptions options, TimeProvider time) =>
        (_counters, _current, _load, _settlements, _late, _share, _state, _refusals, _options, _time) = (counters, current, load, settlements, late, share, state, refusals, options, time);

    /// <summary>Now, by the counters' clock as last heard.</summary>
    private DateTimeOffset Now => _time.GetUtcNow().AddMilliseconds(Volatile.Read(ref _clockMs));

    /// <summary>Holds what is estimated, or says which limit refuses. Asked again with the same id it answers the same while it holds. Fails with <see cref="InvalidReservation"/>, <see cref="ReservationIsOver"/> or <see cref="TooManyHeld"/>.</summary>
    public async Task<Result<LimitDecision>> ReserveAsync(LimitRequest request, CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();
        if (Check(request) is { Count: > 0 } errors) return new InvalidReservation(errors);
        var isLocal = false;
        Result<LimitDecision> decided;
        try
        {
            decided = await DecideAsync(request, cancellationToken);
        }
        catch (CountersAwayException)
        {
            (decided, isLocal) = (await DecideAloneAsync(request), true);
        }
        if (!decided.Ok) return decided;
        _state.Decided(decided.Value, isLocal, Stopwatch.GetElapsedTime(started));
        if (decided.Value.Refusal is { } refusal) _refusals.Note(request, refusal, Now);
        return decided;
    }

    /// <summary>Holds longer from now on, and as much as is estimated now; what is null stays. Fails with <see cref="UnknownReservation"/>, <see cref="ReservationIsOver"/>, <see cref="InvalidReservation"/> or <see cref="CountersAway"/>; a refusal leaves the hold as it was.</summary>
    public async Task<Result<LimitDecision>> ExtendAsync(string tenant, string requestId, long? tokens, decimal? cost, TimeSpan? holdFor, CancellationToken cancellationToken)
    {
        if (EstimateErrors(tokens, cost, holdFor).ToList() is { Count: > 0 } errors) return new InvalidReservation(errors);
        try
        {
            var known = await PeekAsync(tenant, requestId);
            if (known.State is RequestState.Settled or RequestState.Counted) return new ReservationIsOver(requestId);
            if (known.State != RequestState.Held || Subject(known) is not { } subject) return new UnknownReservation(requestId);
            var meters = _current.Book.For(tenant).Plan(subject, known.ReservedAt!.Value, Now);
            var reply = await _counters.ExtendAsync(new(tenant, requestId, holdFor ?? _options.Hold, tokens, cost is { } money ? LimitAmount.HoldOfMoney(money) : null, [.. meters.Select(static meter => meter.Claim(0))]));
            return reply.Outcome switch
            {
                ReserveOutcome.Granted => new LimitDecision(reply.HoldExpiresAt, null, []),
                ReserveOutcome.Refused => new LimitDecision(null, Refusal(meters, reply), []),
                ReserveOutcome.Over => new ReservationIsOver(requestId),
                _ => new UnknownReservation(requestId),
            };
        }
        catch (CountersAwayException)
        {
            return new CountersAway();
        }
    }

    /// <summary>What a request came to takes the place of its hold. Written down before it is counted. Again it changes nothing. Fails with <see cref="UnknownReservation"/>, <see cref="InvalidReservation"/>, <see cref="CountersAway"/> or <see cref="SettlementNotKept"/>.</summary>
    public async Task<Result<bool>> SettleAsync(string tenant, string requestId, long tokens, decimal cost, CancellationToken cancellationToken)
    {
        if (EstimateErrors(tokens, cost, null).ToList() is { Count: > 0 } errors) return new InvalidReservation(errors);
        RequestReply known;
        try
        {
            known = await _share.PeekAsync(tenant, requestId);
            if (known.State == RequestState.NotKnown) known = await PeekAsync(tenant, requestId);
        }
        catch (CountersAwayException)
        {
            known = await _share.PeekAsync(tenant, requestId);
            if (known.State == RequestState.NotKnown) return new CountersAway();
        }
        if (known.State is RequestState.Settled or RequestState.Counted) return true;
        if (Subject(known) is not { } subject) return new UnknownReservation(requestId);
        var use = new RequestUse(tokens, LimitAmount.OfMoney(cost));
        var isWritten = await _settlements.WriteAsync(Settlement(subject, requestId, known.ReservedAt!.Value, use)).WaitAsync(cancellationToken);
        var isCounted = await CountAsync(tenant, requestId, subject, known.ReservedAt.Value, use);
        if (isWritten) return true;
        return isCounted ? new SettlementNotKept() : new CountersAway();
    }

    /// <summary>Nothing was used: the hold ends. Again it changes nothing. Fails with <see cref="UnknownReservation"/>, <see cref="ReservationIsOver"/> or <see cref="CountersAway"/>.</summary>
    public async Task<Result<bool>> ReleaseAsync(string tenant, string requestId, CancellationToken cancellationToken)
    {
        try
        {
            var released = await _share.ReleaseAsync(tenant, requestId);
            if (released.State == RequestState.NotKnown && (await PeekAsync(tenant, requestId).WaitAsync(cancellationToken)).State != RequestState.NotKnown) released = await _counters.ReleaseAsync(tenant, requestId);
            return released.State switch
            {
                RequestState.NotKnown => new UnknownReservation(requestId),
                RequestState.Settled or RequestState.Counted => new ReservationIsOver(requestId),
                _ => true,
            };
        }
        catch (CountersAwayException)
        {
            var released = await _share.ReleaseAsync(tenant, requestId);
            if (released.State == RequestState.NotKnown) return new CountersAway();
            return true;
        }
    }

    /// <summary>Every limit that is about a subject, and how it stands: use, what is left, when it begins anew, which one binds.</summary>
    public async Task<LimitStandings> ReadAsync(LimitSubject subject, CancellationToken cancellationToken)
    {
        var limits = _current.Book.For(subject.Tenant);
        IReadOnlyList<MeterReading>? readings = null;
        CountersState? state = null;
        try
        {
            state = await _counters.TouchAsync(subject.Tenant, limits.Kinds).WaitAsync(cancellationToken);
            if (state.Unknown.Count > 0 && await LoadedAsync(subject.Tenant, cancellationToken)) state = await _counters.TouchAsync(subject.Tenant, limits.Kinds);
        }
        catch (CountersAwayException)
        {
        }
        var now = state?.Now ?? Now;
        var meters = limits.Plan(subject, now, now);
        try
        {
            if (state is not null) readings = await _counters.ReadAsync(subject.Tenant, [.. meters.Select(static meter => meter.Meter)]);
        }
        catch (CountersAwayException)
        {
        }
        return new(subject, now, limits.Zone, Standings.Of(meters, readings, state?.Unknown ?? []));
    }

    /// <summary>For senders of several tenants.</summary>
    internal Task RememberTenantAsync(string requestId, string tenant) => IgnoringAwayAsync(_counters.RememberTenantAsync(requestId, tenant));

    /// <summary>Null when it is not known; empty when several have it. Fails with <see cref="CountersAwayException"/>.</summary>
    internal async Task<string?> FindTenantAsync(string requestId)
    {
        try
        {
            return await _share.FindTenantAsync(requestId) ?? await ToldAsync(() => _counters.FindTenantAsync(requestId), static tenant => tenant is not null);
        }
        catch (CountersAwayException)
        {
            if (await _share.FindTenantAsync(requestId) is { } tenant) return tenant;
            throw;
        }
    }

    private Task<RequestReply> PeekAsync(string tenant, string requestId) => ToldAsync(() => _counters.PeekAsync(tenant, requestId), static known => known.State != RequestState.NotKnown);

    /// <summary>Asked again while counters that lost their memory are being told of the holds that nodes gave.</summary>
    private async Task<T> ToldAsync<T>(Func<Task<T>> ask, Func<T, bool> isKnown)
    {
        var answer = await ask();
        while (!isKnown(answer) && await _counters.MemoryAsync() is { } memory && memory.Now < memory.ReadyAt + LongestTelling)
        {
            await Task.Delay(memory.ReadyAt > memory.Now ? memory.ReadyAt - memory.Now : AskAgain, _time, CancellationToken.None);
            answer = await ask();
        }
        return answer;
    }

    private async Task<Result<LimitDecision>> DecideAsync(LimitRequest request, CancellationToken cancellationToken)
    {
        await _late.CountAsync(request.Subject.Tenant, cancellationToken);
        var at = Now;
        for (var attempt = 1; ; attempt++)
        {
            var meters = _current.Book.For(request.Subject.Tenant).Plan(request.Subject, at, at);
            var claims = Claims(meters, request);
            if (!claims.Ok) return claims.Error;
            if (Money(meters) is { } money && !_state.KnowsMoney) return NotKnown(money);
            var reply = await _counters.ReserveAsync(new(request, claims.Value, _options.Hold));
            Volatile.Write(ref _clockMs, (long)(reply.Now - _time.GetUtcNow()).TotalMilliseconds);
            at = reply.Now;
            switch (reply.Outcome)
            {
                case ReserveOutcome.Granted: return new LimitDecision(reply.HoldExpiresAt, null, Warnings(meters, reply, claims.Value));
                case ReserveOutcome.Refused: return new LimitDecision(null, Refusal(meters, reply), []);
                case ReserveOutcome.Over: return new ReservationIsOver(request.RequestId);
                case ReserveOutcome.Full: return new TooManyHeld(request.Subject.Tenant);
                case ReserveOutcome.OtherWindow when attempt < MaxTries: continue;
                case ReserveOutcome.Unknown when attempt < MaxTries && await LoadedAsync(request.Subject.Tenant, cancellationToken): at = Now; continue;
                case ReserveOutcome.Unknown: return NotKnown(meters[reply.Indexes[0]]);
                default: throw new CountersAwayException(new InvalidOperationException($"The counters answered {reply.Outcome} {attempt} times."));
            }
        }
    }

    /// <summary>The counters are away: money is closed, rates are open with this node's share of them.</summary>
    private async Task<Result<LimitDecision>> DecideAloneAsync(LimitRequest request)
    {
        var now = Now;
        var meters = _current.Book.For(request.Subject.Tenant).Plan(request.Subject, now, now);
        var claims = Claims(meters, request);
        if (!claims.Ok) return claims.Error;
        if (Money(meters) is { } money) return NotKnown(money);
        var reply = await _share.ReserveAsync(new(request, claims.Value, _options.Hold), now);
        return reply.Outcome switch
        {
            ReserveOutcome.Granted => new LimitDecision(reply.HoldExpiresAt, null, []),
            ReserveOutcome.Over => new ReservationIsOver(request.RequestId),
            ReserveOutcome.Full => new TooManyHeld(request.Subject.Tenant),
            ReserveOutcome.Refused => new LimitDecision(null, Refusal(meters, reply) with { Remaining = null, Reason = LimitRefusalReason.Unknown }, []),
            _ => NotKnown(meters[0]),
        };
    }

    private static PlannedMeter? Money(List<PlannedMeter> meters) => meters.Find(static meter => meter is { Binding: not null, First.Row.Measure: LimitMeasure.Cost });

    private async Task<bool> LoadedAsync(string tenant, CancellationToken cancellationToken)
    {
        try
        {
            return await _load.EnsureAsync(tenant, cancellationToken).WaitAsync(LoadPatience, _time, cancellationToken);
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    private async Task<bool> CountAsync(string tenant, string requestId, LimitSubject subject, DateTimeOffset reservedAt, RequestUse use)
    {
        try
        {
            var settled = await _counters.SettleAsync(tenant, requestId, use);
            if (settled.IsAbove) _state.UnderEstimated();
            // Reserved while the counters were away: they learn of it now.
            if (settled.State == RequestState.NotKnown) settled = await _counters.CountAsync(tenant, requestId, CountUsage.Counts(_current.Book.For(tenant), subject, reservedAt, use), isEvent: false);
            await _share.SettleAsync(tenant, requestId, use);
            return settled.Outcome != RequestOutcome.NotKnown;
        }
        catch (CountersAwayException)
        {
            _late.Add(requestId, subject, reservedAt, use);
            return (await _share.SettleAsync(tenant, requestId, use)).Outcome != RequestOutcome.NotKnown;
        }
    }

    private static Result<List<MeterClaim>> Claims(List<PlannedMeter> meters, LimitRequest request)
    {
        var claims = new List<MeterClaim>(meters.Count);
        List<string>? missing = null;
        foreach (var meter in meters)
        {
            long? amount = meter.First.Row.Measure switch
            {
                LimitMeasure.Tokens => request.Tokens,
                LimitMeasure.Cost => request.Cost is { } cost ? LimitAmount.HoldOfMoney(cost) : null,
                _ => 1,
            };
            if (amount is null && meter.Binding is not null) (missing ??= []).Add($"estimate.{meter.First.Row.Measure.Name()} is required: the limit {meter.Binding.Row.Id} counts it.");
            claims.Add(meter.Claim(amount ?? 0));
        }
        if (missing is not null) return new InvalidReservation([.. missing.Distinct()]);
        return claims;
    }

    private static List<string> Check(LimitRequest request)
    {
        var errors = EstimateErrors(request.Tokens, request.Cost, request.HoldFor).ToList();
        if (request.RequestId.Length is 0 or > LimitDraft.MaxNameLength || request.RequestId.Any(char.IsControl)) errors.Add($"requestId is 1 to {LimitDraft.MaxNameLength} characters on one line.");
        foreach (var dimension in LimitNames.Dimensions)
            if (request.Subject[dimension] is { } name && (name.Length is 0 or > LimitDraft.MaxNameLength || name.Any(char.IsControl))) errors.Add($"{dimension.Name()} is 1 to {LimitDraft.MaxNameLength} characters on one line.");
        return errors;
    }

    private static IEnumerable<string> EstimateErrors(long? tokens, decimal? cost, TimeSpan? holdFor)
    {
        if (tokens is < 0 or > LimitAmount.Most / 1000) yield return $"tokens is a whole number from 0 to {LimitAmount.Most / 1000}.";
        if (cost is { } money && !LimitAmount.Fits(money * 1000)) yield return "cost is USD from 0 to 9000000.";
        if (holdFor < HoldTimes.Shortest || holdFor > HoldTimes.Longest) yield return $"holdSeconds is 1 to {HoldTimes.Longest.TotalSeconds}.";
    }

    private static List<LimitRow> Warnings(List<PlannedMeter> meters, ReserveReply reply, List<MeterClaim> claims)
    {
        var warnings = new List<LimitRow>();
        for (var index = 0; index < reply.Readings.Count; index++)
            if (meters[index].Warning is { } warning && reply.Readings[index].Used + claims[index].Amount > warning.Max) warnings.Add(warning.Row);
        return warnings;
    }

    /// <summary>Of several that refuse the one that does so longest: before that one resets, asking again is of no use.</summary>
    private static LimitRefusal Refusal(List<PlannedMeter> meters, ReserveReply reply) => reply.Indexes
        .Select(index => Standings.Refusal(meters[index], reply.Readings[index]))
        .MaxBy(static refusal => refusal.ResetsAt ?? DateTimeOffset.MaxValue)!;

    private static LimitDecision NotKnown(PlannedMeter meter) => new(null, new((meter.Binding ?? meter.First).Row, null, Standings.ResetsAt(meter.Window, null), LimitRefusalReason.Unknown), []);

    private LimitSettlement Settlement(LimitSubject subject, string requestId, DateTimeOffset reservedAt, RequestUse use) => new()
    {
        TenantId = subject.Tenant, RequestId = requestId, ReservedAt = reservedAt, SettledAt = Now, Team = subject.Team, User = subject.User, Key = subject.Key, Model = subject.Model,
        Provider = subject.Provider, Session = subject.Session, Tokens = use.Tokens, Cost = use.Cost.In(LimitMeasure.Cost),
    };

    private static LimitSubject? Subject(RequestReply known) => known.Note is { Length: > 0 } note ? JsonSerializer.Deserialize<LimitSubject>(note, LimitRow.Json) : null;

    private static async Task IgnoringAwayAsync(Task task)
    {
        try
        {
            await task;
        }
        catch (CountersAwayException)
        {
        }
    }
}
