using AgentConsole.Limits;
using AgentConsole.Limits.Counters;

namespace AgentConsole.Bench.Load;

/// <summary>
/// What counters do, said as plainly as possible: one request after the other, nothing kept that can be summed up anew, money in decimals. What is held is looked up among the requests
/// each time, what is over is over by its time alone. Slow, and easy to believe.
/// </summary>
internal sealed class LimitsModel
{
    private static readonly TimeSpan Grace = TimeSpan.FromHours(1);

    private readonly Dictionary<string, Spent> _spent = [];
    private readonly Dictionary<string, Request> _requests = [];
    /// <summary>Those of the requests that were held last; a request that is over is taken out when it is next looked at.</summary>
    private readonly HashSet<Request> _held = [];
    private readonly HashSet<string> _begun = [], _open = [];

    private sealed class Spent
    {
        public decimal Amount;
        public DateTimeOffset? SessionEnds;
    }

    private sealed class Request
    {
        public RequestState State;
        public DateTimeOffset Ends, ReservedAt;
        public List<(MeterClaim Claim, long Amount)> Held = [];
        public List<(MeterCount Count, DateTimeOffset? SessionEnds)> Counted = [];
    }

    public int Held(DateTimeOffset now) => _held.Count(request => StateOf(request, now) == RequestState.Held);

    public decimal SpentOn(string meter, MeterWindow window, DateTimeOffset now) => At(meter, window, now)?.Amount ?? 0;

    public long HeldOn(string meter, DateTimeOffset now) => Current(now).SelectMany(static request => request.Held).Where(held => held.Claim.Meter == meter).Sum(static held => held.Amount);

    public void Open(IEnumerable<string> kinds)
    {
        foreach (var kind in kinds)
        {
            _begun.Add(kind);
            _open.Add(kind);
        }
    }

    /// <summary>What the ledger adds or takes off.</summary>
    public void Adjust(IEnumerable<MeterCount> counts, DateTimeOffset now)
    {
        foreach (var count in counts)
            if (!IsForgotten(count.Window, now)) Add(count, now);
    }

    /// <summary>The outcome, when the hold ends, and which claims refuse or are unknown.</summary>
    public (ReserveOutcome, DateTimeOffset?, List<int>) Reserve(ReserveCall call, DateTimeOffset now)
    {
        if (_requests.TryGetValue(call.RequestId, out var known))
        {
            if (StateOf(known, now) == RequestState.Held) return (ReserveOutcome.Granted, known.Ends, []);
            if (known.State is RequestState.Settled or RequestState.Counted) return (ReserveOutcome.Over, null, []);
        }
        if (call.Claims.Any(claim => claim.Window.IsCalendar && (now.ToUnixTimeMilliseconds() < claim.Window.StartMs || now.ToUnixTimeMilliseconds() >= claim.Window.EndMs))) return (ReserveOutcome.OtherWindow, null, []);
        foreach (var claim in call.Claims)
            if (claim.Measure != LimitMeasure.Concurrency) _begun.Add(claim.Kind);
        var unknown = Indexes(call.Claims, claim => claim is { Measure: LimitMeasure.Cost, Max: not null } && !_open.Contains(claim.Kind));
        if (unknown.Count > 0) return (ReserveOutcome.Unknown, null, unknown);
        var refused = Indexes(call.Claims, claim => claim.Max is { } max && SpentOn(claim.Meter, claim.Window, now) + HeldOn(claim.Meter, now) + claim.Amount > max);
        if (refused.Count > 0) return (ReserveOutcome.Refused, null, refused);
        var request = new Request { State = RequestState.Held, Ends = now + call.HoldFor, ReservedAt = now, Held = [.. call.Claims.Select(static claim => (claim, claim.Amount))] };
        foreach (var claim in call.Claims) Begin(claim.Meter, claim.Window, now);
        _requests[call.RequestId] = request;
        _held.Add(request);
        return (ReserveOutcome.Granted, request.Ends, []);
    }

    public (ReserveOutcome, DateTimeOffset?, List<int>) Extend(ExtendCall call, DateTimeOffset now)
    {
        if (!_requests.TryGetValue(call.RequestId, out var request)) return (ReserveOutcome.NotHeld, null, []);
        if (request.State is RequestState.Settled or RequestState.Counted) return (ReserveOutcome.Over, null, []);
        if (StateOf(request, now) != RequestState.Held) return (ReserveOutcome.NotHeld, null, []);
        var wanted = request.Held.ConvertAll(held => (held.Claim, Amount: (held.Claim.Measure switch { LimitMeasure.Tokens => call.Tokens, LimitMeasure.Cost => call.Cost, _ => null }) ?? held.Amount));
        var refused = Indexes(call.Claims, claim =>
        {
            var more = wanted.Where(want => want.Claim.Meter == claim.Meter).Sum(static want => want.Amount) - request.Held.Where(held => held.Claim.Meter == claim.Meter).Sum(static held => held.Amount);
            return claim.Max is { } max && more > 0 && SpentOn(claim.Meter, claim.Window, now) + HeldOn(claim.Meter, now) + more > max;
        });
        if (refused.Count > 0) return (ReserveOutcome.Refused, null, refused);
        (request.Held, request.Ends) = (wanted, now + call.HoldFor);
        return (ReserveOutcome.Granted, request.Ends, []);
    }

    public (RequestOutcome, RequestState) Settle(string id, RequestUse use, DateTimeOffset now)
    {
        if (!_requests.TryGetValue(id, out var request)) return (RequestOutcome.NotKnown, RequestState.NotKnown);
        var before = StateOf(request, now);
        if (before is RequestState.Settled or RequestState.Counted) return (RequestOutcome.Already, before);
        Close(request, RequestState.Settled);
        foreach (var (claim, _) in request.Held)
        {
            if (claim.Measure == LimitMeasure.Concurrency || !_begun.Contains(claim.Kind) || IsForgotten(claim.Window, now)) continue;
            var count = new MeterCount(claim.Meter, claim.Kind, use.Of(claim.Measure), claim.Window);
            request.Counted.Add((count, Add(count, now)));
        }
        return (RequestOutcome.Done, before);
    }

    public (RequestOutcome, RequestState) Count(string id, IReadOnlyList<MeterCount> counts, bool isEvent, DateTimeOffset now)
    {
        var state = isEvent ? RequestState.Counted : RequestState.Settled;
        if (!_requests.TryGetValue(id, out var request)) _requests[id] = request = new Request { State = RequestState.NotKnown, ReservedAt = now };
        var before = StateOf(request, now);
        if (before == RequestState.Counted || before == state) return (RequestOutcome.Already, before);
        foreach (var (count, sessionEnds) in request.Counted)
            if (At(count.Meter, count.Window, now) is { } spent && (!count.Window.IsSession || spent.SessionEnds == sessionEnds)) spent.Amount -= Value(count.Amount);
        request.Counted = [];
        Close(request, state);
        foreach (var count in counts)
            if (_begun.Contains(count.Kind) && !IsForgotten(count.Window, now)) request.Counted.Add((count, Add(count, now)));
        return (RequestOutcome.Done, before);
    }

    public (RequestOutcome, RequestState) Release(string id, DateTimeOffset now)
    {
        if (!_requests.TryGetValue(id, out var request)) return (RequestOutcome.NotKnown, RequestState.NotKnown);
        var before = StateOf(request, now);
        if (before != RequestState.Held) return (RequestOutcome.Already, before);
        Close(request, RequestState.Released);
        return (RequestOutcome.Done, before);
    }

    /// <summary>Units and millionths as one number, in units.</summary>
    public static decimal Value(LimitAmount amount) => amount.Units + (amount.Millionths / 1_000_000m);

    private static bool IsForgotten(MeterWindow window, DateTimeOffset now) => window.IsCalendar ? DateTimeOffset.FromUnixTimeMilliseconds(window.EndMs) + Grace <= now : EndOf(window) <= now;

    /// <summary>Of a session that the ledger tells of.</summary>
    private static DateTimeOffset? EndOf(MeterWindow window) => window.IsSession && window.EndMs > 0 ? DateTimeOffset.FromUnixTimeMilliseconds(window.EndMs) : null;

    private static RequestState StateOf(Request request, DateTimeOffset now) => request.State == RequestState.Held && request.Ends <= now ? RequestState.Expired : request.State;

    private static List<int> Indexes(IReadOnlyList<MeterClaim> claims, Func<MeterClaim, bool> matches) => [.. Enumerable.Range(0, claims.Count).Where(index => matches(claims[index]))];

    private List<Request> Current(DateTimeOffset now)
    {
        _held.RemoveWhere(request => StateOf(request, now) != RequestState.Held);
        return [.. _held];
    }

    private void Close(Request request, RequestState state)
    {
        request.State = state;
        _held.Remove(request);
    }

    private Spent? At(string meter, MeterWindow window, DateTimeOffset now)
    {
        if (!_spent.TryGetValue(meter, out var spent)) return null;
        if (!window.IsSession || !(spent.SessionEnds <= now)) return spent;
        _spent.Remove(meter);
        return null;
    }

    private Spent Begin(string meter, MeterWindow window, DateTimeOffset now)
    {
        if (At(meter, window, now) is { } there) return there;
        return _spent[meter] = new Spent { SessionEnds = window.IsSession ? EndOf(window) ?? now + MeterWindow.SessionLength : null };
    }

    private DateTimeOffset? Add(MeterCount count, DateTimeOffset now)
    {
        var spent = Begin(count.Meter, count.Window, now);
        spent.Amount += Value(count.Amount);
        if (EndOf(count.Window) < spent.SessionEnds) spent.SessionEnds = EndOf(count.Window);
        return spent.SessionEnds;
    }
}
