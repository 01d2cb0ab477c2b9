using System.Runtime.InteropServices;

namespace AgentConsole.Limits.Counters;

/// <summary>What the steps are made of.</summary>
internal sealed partial class LocalTenant
{
    private static long Asked(ExtendCall call, in Entry entry) => entry.Measure switch
    {
        LimitMeasure.Tokens => call.Tokens ?? entry.Amount,
        LimitMeasure.Cost => call.Cost ?? entry.Amount,
        _ => entry.Amount,
    };

    /// <summary>Too late to count in that window.</summary>
    private static bool IsForgotten(in MeterWindow window, long now) => (window.IsCalendar && window.EndMs + GraceMs <= now) || (window.IsSession && window.EndMs > 0 && window.EndMs <= now);

    private static DateTimeOffset Time(long ms) => DateTimeOffset.FromUnixTimeMilliseconds(ms);

    private static RequestReply Reply(RequestOutcome outcome, Record record, long now) => new(outcome, record.State, Time(now), Time(record.ReservedMs), record.Note);

    private ReserveReply Reply(ReserveOutcome outcome, long now, long? endsMs = null) => new(outcome, _epoch, Time(now), endsMs is { } ends ? Time(ends) : null, [], []);

    /// <summary>Begins to count on kinds that are new, and answers the claims on money that cannot be told yet.</summary>
    private List<int> Unknown(IReadOnlyList<MeterClaim> claims)
    {
        var unknown = new List<int>();
        for (var index = 0; index < claims.Count; index++)
        {
            var claim = claims[index];
            if (claim.Measure == LimitMeasure.Concurrency) continue;
            ref var isKnown = ref CollectionsMarshal.GetValueRefOrAddDefault(_kinds, claim.Kind, out _);
            if (!isKnown && claim is { Measure: LimitMeasure.Cost, Max: not null }) unknown.Add(index);
        }
        return unknown;
    }

    private (List<MeterReading> Readings, List<int> Refused) Look(IReadOnlyList<MeterClaim> claims, long now)
    {
        var (readings, refused) = (new List<MeterReading>(claims.Count), new List<int>());
        for (var index = 0; index < claims.Count; index++)
        {
            var claim = claims[index];
            readings.Add(Reading(claim.Meter, claim.Window, now));
            if (claim.Max is { } max && readings[index].Used + claim.Amount > max) refused.Add(index);
        }
        return (readings, refused);
    }

    private MeterReading Reading(string meter, in MeterWindow window, long now)
    {
        if (!_meters.TryGetValue(meter, out var counter)) return default;
        Renew(counter, window, now);
        return counter.Reading;
    }

    /// <summary>A session that is over begins anew; what is held stays held.</summary>
    private static void Renew(Counter counter, in MeterWindow window, long now)
    {
        if (!window.IsSession || !(counter.UntilMs <= now)) return;
        (counter.Spent, counter.UntilMs, counter.IsLoaded, counter.HasBegun) = (LimitAmount.Zero, null, false, false);
    }

    private Counter CounterOf(string meter, in MeterWindow window, long now)
    {
        var counter = CollectionsMarshal.GetValueRefOrAddDefault(_meters, meter, out _) ??= new Counter();
        Renew(counter, window, now);
        if (counter.HasBegun) return counter;
        counter.HasBegun = true;
        counter.ForgetMs = window.IsCalendar ? window.EndMs + GraceMs : long.MaxValue;
        if (window.IsSession)
        {
            // One that the ledger tells of began when the ledger says.
            counter.UntilMs = window.EndMs > 0 ? window.EndMs : now + (long)MeterWindow.SessionLength.TotalMilliseconds;
            counter.ForgetMs = counter.UntilMs.Value + GraceMs;
        }
        return counter;
    }

    private void Hold(in Entry entry, long endsMs, long now)
    {
        var counter = CounterOf(entry.Meter, entry.Window, now);
        counter.Held += entry.Amount;
        if (entry.Window == MeterWindow.None && !(counter.UntilMs >= endsMs)) counter.UntilMs = endsMs;
    }

    /// <summary>When what is now counted ends: of a session it is told apart by that from the one before.</summary>
    private MeterCount Ending(in MeterCount count) => count.Window.IsSession ? count with { Window = count.Window with { EndMs = _meters[count.Meter].UntilMs!.Value } } : count;

    /// <summary>Takes back what was counted, unless the meter is forgotten or its session another one by now.</summary>
    private void TakeBack(List<MeterCount> counted, long now)
    {
        foreach (var count in counted)
        {
            if (!_meters.TryGetValue(count.Meter, out var counter)) continue;
            Renew(counter, count.Window, now);
            if (counter.HasBegun && (!count.Window.IsSession || counter.UntilMs == count.Window.EndMs)) Add(count with { Amount = LimitAmount.Zero - count.Amount }, now);
        }
    }

    private void Add(in MeterCount count, long now)
    {
        var counter = CounterOf(count.Meter, count.Window, now);
        counter.Spent += count.Amount;
        if (count.Window.IsSession && count.Window.EndMs > 0 && count.Window.EndMs < counter.UntilMs) counter.UntilMs = count.Window.EndMs;
    }

    private void Drop(Record record)
    {
        _held--;
        foreach (var entry in record.Held)
        {
            if (!_meters.TryGetValue(entry.Meter, out var counter)) continue;
            counter.Held -= entry.Amount;
            if (entry.Window == MeterWindow.None && counter.Held <= 0) _meters.Remove(entry.Meter);
        }
    }

    private void Close(string id, Record record, RequestState state, long now)
    {
        (record.State, record.ForgetMs) = (state, now + keepMs);
        if (state is RequestState.Settled or RequestState.Counted) record.Held = [];
        _forget.Enqueue(id, record.ForgetMs);
    }

    /// <summary>Ends the holds whose time has come, and forgets requests that were remembered long enough.</summary>
    private void Sweep(long now)
    {
        while (_ends.TryPeek(out var id, out var endsMs) && endsMs <= now)
        {
            _ends.Dequeue();
            if (!_records.TryGetValue(id, out var record) || record.State != RequestState.Held || record.EndsMs > now) continue;
            Drop(record);
            Close(id, record, RequestState.Expired, now);
        }
        while (_forget.TryPeek(out var id, out var forgetMs) && forgetMs <= now)
        {
            _forget.Dequeue();
            if (_records.TryGetValue(id, out var record) && record.State != RequestState.Held && record.ForgetMs <= now) _records.Remove(id);
        }
    }
}
