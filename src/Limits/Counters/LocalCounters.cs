using System.Collections.Concurrent;
using System.Runtime.InteropServices;

namespace AgentConsole.Limits.Counters;

/// <summary>The counters of one process; each tenant's behind its own lock. What they hold ends with the process: the next one loads what was spent from the ledger.</summary>
internal sealed class LocalCounters(TimeProvider time, CountersOptions options) : ICounters
{
    private readonly ConcurrentDictionary<string, LocalTenant> _tenants = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _tenantOf = new(StringComparer.Ordinal);
    private readonly PriorityQueue<string, DateTimeOffset> _forgetTenants = new();
    private readonly string _memory = Guid.NewGuid().ToString("N");

    public Task<ReserveReply> ReserveAsync(ReserveCall call) => Task.FromResult(In(call.Tenant, (tenant, now) => tenant.Reserve(call, options.MostHeld, now)));

    public Task<ReserveReply> ExtendAsync(ExtendCall call) => Task.FromResult(In(call.Tenant, (tenant, now) => tenant.Extend(call, now)));

    public Task<RequestReply> SettleAsync(string tenant, string requestId, RequestUse use) => Task.FromResult(In(tenant, (counters, now) => counters.Settle(requestId, use, now)));

    public Task<RequestReply> CountAsync(string tenant, string requestId, IReadOnlyList<MeterCount> counts, bool isEvent) =>
        Task.FromResult(In(tenant, (counters, now) => counters.Count(requestId, counts, isEvent, now)));

    public Task<RequestReply> ReleaseAsync(string tenant, string requestId) => Task.FromResult(In(tenant, (counters, now) => counters.Release(requestId, now)));

    public Task<RequestReply> PeekAsync(string tenant, string requestId) => Task.FromResult(In(tenant, (counters, now) => counters.Peek(requestId, now)));

    public Task<IReadOnlyList<MeterReading>> ReadAsync(string tenant, IReadOnlyList<string> meters) => Task.FromResult(In(tenant, (counters, now) => counters.Read(meters, now)));

    public Task<IReadOnlyList<string>> ListMetersAsync(string tenant) => Task.FromResult(In(tenant, static (counters, now) => counters.ListMeters(now)));

    public Task<CountersState> TouchAsync(string tenant, IReadOnlyList<string> kinds) => Task.FromResult(In(tenant, (counters, now) => counters.Touch(kinds, now)));

    public Task<bool> AdjustAsync(string tenant, string epoch, IReadOnlyList<MeterCount> counts, long? revision) =>
        Task.FromResult(In(tenant, (counters, now) => counters.Adjust(epoch, counts, revision, now)));

    public Task<bool> OpenAsync(string tenant, string epoch, IReadOnlyList<string> kinds) => Task.FromResult(In(tenant, (counters, _) => counters.Open(epoch, kinds)));

    public Task<IReadOnlyList<string>> ListHeldAsync(string tenant, int most) => Task.FromResult(In(tenant, (counters, now) => counters.ListHeld(most, now)));

    public Task RememberTenantAsync(string requestId, string tenant)
    {
        var now = time.GetUtcNow();
        lock (_tenantOf)
        {
            while (_forgetTenants.TryPeek(out _, out var at) && at <= now) _tenantOf.Remove(_forgetTenants.Dequeue());
            if (_tenantOf.TryAdd(requestId, tenant)) _forgetTenants.Enqueue(requestId, now + options.Remember + HoldTimes.Longest);
            else if (_tenantOf[requestId] != tenant) _tenantOf[requestId] = "";
        }
        return Task.CompletedTask;
    }

    public Task<string?> FindTenantAsync(string requestId)
    {
        lock (_tenantOf) return Task.FromResult(_tenantOf.GetValueOrDefault(requestId));
    }

    public Task<CountersMemory?> MemoryAsync()
    {
        var now = time.GetUtcNow();
        return Task.FromResult<CountersMemory?>(new(_memory, DateTimeOffset.MinValue, now));
    }

    private T In<T>(string tenant, Func<LocalTenant, long, T> step)
    {
        var counters = _tenants.GetOrAdd(tenant, static (_, keep) => new(keep), (long)options.Remember.TotalMilliseconds);
        lock (counters) return step(counters, time.GetUtcNow().ToUnixTimeMilliseconds());
    }
}

/// <summary>One tenant's counters. Not for several threads at once: whoever calls holds its lock. The same rules as the scripts', line by line.</summary>
internal sealed partial class LocalTenant(long keepMs)
{
    private const long GraceMs = 3_600_000;

    private readonly string _epoch = Guid.NewGuid().ToString("N");
    private readonly Dictionary<string, bool> _kinds = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Counter> _meters = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Record> _records = new(StringComparer.Ordinal);
    /// <summary>Ends of holds. An entry whose record says another end is out of date.</summary>
    private readonly PriorityQueue<string, long> _ends = new();
    private readonly PriorityQueue<string, long> _forget = new();
    private int _held;
    private long _revision;

    private sealed class Counter
    {
        public LimitAmount Spent;
        public long Held;
        public long? UntilMs;
        public long ForgetMs;
        public bool IsLoaded;
        public bool HasBegun;

        public MeterReading Reading => new(Spent, Held, UntilMs is { } until ? DateTimeOffset.FromUnixTimeMilliseconds(until) : null);
    }

    private readonly record struct Entry(string Meter, string Kind, LimitMeasure Measure, long Amount, MeterWindow Window);

    private sealed class Record
    {
        public RequestState State;
        public long EndsMs;
        public long ForgetMs;
        public required long ReservedMs;
        public required string Note;
        public Entry[] Held = [];
        public List<MeterCount> Counted = [];
    }

    public ReserveReply Reserve(ReserveCall call, int mostHeld, long now)
    {
        Sweep(now);
        if (_records.TryGetValue(call.RequestId, out var known))
        {
            if (known.State == RequestState.Held) return Reply(ReserveOutcome.Granted, now, known.EndsMs);
            if (known.State is RequestState.Settled or RequestState.Counted) return Reply(ReserveOutcome.Over, now);
        }
        foreach (var claim in call.Claims)
            if (claim.Window.IsCalendar && (now < claim.Window.StartMs || now >= claim.Window.EndMs)) return Reply(ReserveOutcome.OtherWindow, now);
        if (Unknown(call.Claims) is { Count: > 0 } unknown) return Reply(ReserveOutcome.Unknown, now) with { Indexes = unknown };

        var (readings, refused) = Look(call.Claims, now);
        if (refused.Count > 0) return Reply(ReserveOutcome.Refused, now) with { Readings = readings, Indexes = refused };
        if (_held >= mostHeld) return Reply(ReserveOutcome.Full, now);
        var record = new Record
        {
            State = RequestState.Held, EndsMs = now + (long)call.HoldFor.TotalMilliseconds, ReservedMs = now, Note = call.Note,
            Held = [.. call.Claims.Select(static claim => new Entry(claim.Meter, claim.Kind, claim.Measure, claim.Amount, claim.Window))],
        };
        foreach (var entry in record.Held) Hold(entry, record.EndsMs, now);
        _records[call.RequestId] = record;
        _ends.Enqueue(call.RequestId, record.EndsMs);
        _held++;
        return Reply(ReserveOutcome.Granted, now, record.EndsMs) with { Readings = readings };
    }

    public ReserveReply Extend(ExtendCall call, long now)
    {
        Sweep(now);
        if (!_records.TryGetValue(call.RequestId, out var record) || record.State is RequestState.Expired or RequestState.Released) return Reply(ReserveOutcome.NotHeld, now);
        if (record.State != RequestState.Held) return Reply(ReserveOutcome.Over, now);
        var readings = call.Claims.Select(claim => Array.Exists(record.Held, entry => entry.Meter == claim.Meter) ? Reading(claim.Meter, claim.Window, now) : default).ToList();
        var refused = new List<int>();
        for (var index = 0; index < call.Claims.Count; index++)
        {
            var claim = call.Claims[index];
            var more = record.Held.Where(entry => entry.Meter == claim.Meter).Sum(entry => Asked(call, entry) - entry.Amount);
            if (claim.Max is { } max && more > 0 && readings[index].Used + more > max) refused.Add(index);
        }
        if (refused.Count > 0) return Reply(ReserveOutcome.Refused, now) with { Readings = readings, Indexes = refused };
        record.EndsMs = now + (long)call.HoldFor.TotalMilliseconds;
        for (var index = 0; index < record.Held.Length; index++)
        {
            ref var entry = ref record.Held[index];
            if (!_meters.TryGetValue(entry.Meter, out var counter)) continue;
            counter.Held += Asked(call, entry) - entry.Amount;
            entry = entry with { Amount = Asked(call, entry) };
            if (entry.Window == MeterWindow.None && record.EndsMs > counter.UntilMs) counter.UntilMs = record.EndsMs;
        }
        _ends.Enqueue(call.RequestId, record.EndsMs);
        return Reply(ReserveOutcome.Granted, now, record.EndsMs) with { Readings = readings };
    }

    public RequestReply Settle(string id, RequestUse use, long now)
    {
        Sweep(now);
        if (!_records.TryGetValue(id, out var record)) return new(RequestOutcome.NotKnown, RequestState.NotKnown, Time(now));
        if (record.State is RequestState.Settled or RequestState.Counted) return Reply(RequestOutcome.Already, record, now);
        var isAbove = Array.Exists(record.Held, entry => entry.Measure != LimitMeasure.Concurrency && new MeterReading(use.Of(entry.Measure), 0, null).Used > entry.Amount);
        var reply = Reply(RequestOutcome.Done, record, now) with { IsAbove = isAbove };
        if (record.State == RequestState.Held) Drop(record);
        foreach (var entry in record.Held)
        {
            if (entry.Measure == LimitMeasure.Concurrency || !_kinds.ContainsKey(entry.Kind) || IsForgotten(entry.Window, now)) continue;
            var count = new MeterCount(entry.Meter, entry.Kind, use.Of(entry.Measure), entry.Window);
            Add(count, now);
            record.Counted.Add(Ending(count));
        }
        Close(id, record, RequestState.Settled, now);
        return reply;
    }

    public RequestReply Count(string id, IReadOnlyList<MeterCount> counts, bool isEvent, long now)
    {
        Sweep(now);
        var state = isEvent ? RequestState.Counted : RequestState.Settled;
        ref var slot = ref CollectionsMarshal.GetValueRefOrAddDefault(_records, id, out _);
        var isNew = slot is null;
        var record = slot ??= new Record { State = RequestState.NotKnown, ReservedMs = now, Note = "" };
        if (record.State == RequestState.Counted || record.State == state) return Reply(RequestOutcome.Already, record, now);
        var reply = Reply(RequestOutcome.Done, record, now);
        if (record.State == RequestState.Held) Drop(record);
        if (record.State == RequestState.Settled) TakeBack(record.Counted, now);
        record.Counted = [];
        foreach (var count in counts)
        {
            if (!_kinds.ContainsKey(count.Kind) || IsForgotten(count.Window, now)) continue;
            Add(count, now);
            if (!isEvent) record.Counted.Add(Ending(count));
        }
        Close(id, record, state, now);
        return isNew ? reply with { State = RequestState.NotKnown } : reply;
    }

    public RequestReply Release(string id, long now)
    {
        Sweep(now);
        if (!_records.TryGetValue(id, out var record)) return new(RequestOutcome.NotKnown, RequestState.NotKnown, Time(now));
        if (record.State != RequestState.Held) return Reply(RequestOutcome.Already, record, now);
        var reply = Reply(RequestOutcome.Done, record, now);
        Drop(record);
        Close(id, record, RequestState.Released, now);
        return reply;
    }

    public RequestReply Peek(string id, long now)
    {
        Sweep(now);
        return _records.TryGetValue(id, out var record) ? Reply(RequestOutcome.Already, record, now) : new(RequestOutcome.NotKnown, RequestState.NotKnown, Time(now));
    }

    public IReadOnlyList<MeterReading> Read(IReadOnlyList<string> meters, long now)
    {
        Sweep(now);
        return [.. meters.Select(meter => Reading(meter, meter[1] == 'S' ? MeterWindow.Session : default, now))];
    }

    public IReadOnlyList<string> ListMeters(long now)
    {
        Sweep(now);
        return [.. _meters.Keys];
    }

    public CountersState Touch(IReadOnlyList<string> kinds, long now)
    {
        Sweep(now);
        foreach (var (name, _) in _meters.Where(meter => meter.Value.ForgetMs <= now).ToList()) _meters.Remove(name);
        foreach (var kind in kinds) _kinds.TryAdd(kind, false);
        return new(_epoch, Time(now), _held, [.. kinds.Where(kind => !_kinds[kind])], _revision);
    }

    public bool Adjust(string epoch, IReadOnlyList<MeterCount> counts, long? revision, long now)
    {
        if (epoch != _epoch || (revision is { } found && found != _revision)) return false;
        var isLoad = revision is null;
        if (!isLoad) _revision++;
        foreach (var count in counts)
        {
            if (IsForgotten(count.Window, now) || (isLoad && _meters.TryGetValue(count.Meter, out var there) && there.IsLoaded)) continue;
            Add(count, now);
            if (isLoad) _meters[count.Meter].IsLoaded = true;
        }
        return true;
    }

    public bool Open(string epoch, IReadOnlyList<string> kinds)
    {
        if (epoch != _epoch) return false;
        foreach (var kind in kinds) _kinds[kind] = true;
        return true;
    }

    public IReadOnlyList<string> ListHeld(int most, long now)
    {
        Sweep(now);
        return [.. _records.Where(static pair => pair.Value.State == RequestState.Held).OrderBy(static pair => pair.Value.EndsMs).ThenBy(static pair => pair.Key, StringComparer.Ordinal).Take(most).Select(static pair => pair.Key)];
    }
}
