using AgentConsole.Limits;
using AgentConsole.Limits.Counters;

namespace AgentConsole.Bench.Load;

/// <summary>Random operations on counters and on the model side by side; every answer is compared, and at the end what is spent and held on every meter.</summary>
internal sealed class LimitsWalk(ICounters counters, Action<TimeSpan> advance, int seed)
{
    /// <summary>A tenant's operations; then another begins, so that nothing grows without end.</summary>
    private const int PerTenant = 20_000;

    private static readonly TimeZoneInfo Zone = TimeZoneInfo.FindSystemTimeZoneById("Europe/Paris");

    private readonly Random _random = new(seed);
    private readonly List<string> _ids = [];
    private LimitsModel _model = new();
    private string _tenant = "";
    private DateTimeOffset _now;

    public int Granted { get; private set; }
    public int Refused { get; private set; }

    /// <summary>The first difference; null when there is none.</summary>
    public async Task<string?> RunAsync(int operations, CancellationToken cancellationToken)
    {
        for (var done = 0; done < operations; done++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (done % PerTenant == 0 && (await CompareMetersAsync() ?? await BeginAsync(done)) is { } first) return first;
            if (await StepAsync() is { } difference) return $"operation {done}: {difference}";
        }
        return await CompareMetersAsync();
    }

    private sealed record Kind(LimitMeasure Measure, LimitWindow? Window, LimitDimension[] Dimensions, long Max)
    {
        public string Name => Meter.Kind(Measure, Window, Dimensions);
    }

    private static readonly Kind[] Kinds =
    [
        new(LimitMeasure.Requests, LimitWindow.Minute, [LimitDimension.User], 12), new(LimitMeasure.Tokens, LimitWindow.Hour, [LimitDimension.User, LimitDimension.Model], 60_000),
        new(LimitMeasure.Cost, LimitWindow.Day, [LimitDimension.User], 9_000_000), new(LimitMeasure.Cost, LimitWindow.Month, [], 8_000_000_000_000_000),
        new(LimitMeasure.Cost, LimitWindow.Session, [LimitDimension.Session], 6_000_000), new(LimitMeasure.Concurrency, null, [LimitDimension.User], 6), new(LimitMeasure.Requests, LimitWindow.Session, [LimitDimension.Session], 300),
    ];

    private async Task<string?> BeginAsync(int done)
    {
        (_model, _tenant) = (new(), $"walk-{seed}-{done}");
        _ids.Clear();
        _now = (await counters.TouchAsync(_tenant, [])).Now;
        return null;
    }

    private Task<string?> StepAsync() => _random.Next(100) switch
    {
        < 42 => ReserveAsync(),
        < 50 => ExtendAsync(),
        < 68 => SettleAsync(),
        < 80 => CountAsync(),
        < 87 => ReleaseAsync(),
        < 97 => AdvanceAsync(),
        < 99 => OpenAsync(),
        _ => AdjustAsync(),
    };

    private string Id(double another)
    {
        if (_ids.Count > 0 && _random.NextDouble() >= another) return _ids[Math.Max(0, _ids.Count - 1 - _random.Next(40))];
        _ids.Add($"{_tenant}-{_ids.Count}");
        return _ids[^1];
    }

    private LimitSubject Subject() => new(_tenant, User: $"u-{_random.Next(3)}", Model: $"m-{_random.Next(2)}", Session: $"s {_random.Next(4)}&x");

    private MeterWindow WindowOf(Kind kind, DateTimeOffset at)
    {
        if (kind.Window is not { } window) return MeterWindow.None;
        if (window == LimitWindow.Session) return MeterWindow.Session;
        var (start, end) = LimitCalendar.Around(at, window, Zone);
        return new(start.ToUnixTimeMilliseconds(), end.ToUnixTimeMilliseconds());
    }

    private List<MeterClaim> Claims(LimitSubject subject, DateTimeOffset at, long tokens, long cost)
    {
        var claims = new List<MeterClaim>();
        foreach (var kind in Kinds)
        {
            if (_random.Next(4) == 0) continue;
            var (window, amount) = (WindowOf(kind, at), kind.Measure switch { LimitMeasure.Tokens => tokens, LimitMeasure.Cost => cost, _ => 1 });
            claims.Add(new(Meter.Name(kind.Name, window, kind.Dimensions, subject), kind.Name, kind.Measure, amount, _random.Next(8) == 0 ? null : kind.Max, window));
        }
        return claims;
    }

    private async Task<string?> ReserveAsync()
    {
        // Now and then a window that is not the present one.
        var at = _random.Next(30) == 0 ? _now.AddMinutes(_random.Next(-3, 4)) : _now;
        var claims = Claims(Subject(), at, _random.Next(9_000), _random.Next(90_000));
        var call = new ReserveCall(_tenant, Id(0.9), TimeSpan.FromSeconds(_random.Next(1, 200)), "note", claims);
        var reply = await counters.ReserveAsync(call);
        return Compare("reserve", reply, _model.Reserve(call, _now = reply.Now));
    }

    private async Task<string?> ExtendAsync()
    {
        var call = new ExtendCall(_tenant, Id(0.02), TimeSpan.FromSeconds(_random.Next(1, 200)), _random.Next(3) == 0 ? null : _random.Next(12_000), _random.Next(3) == 0 ? null : _random.Next(120_000), Claims(Subject(), _now, 0, 0));
        var reply = await counters.ExtendAsync(call);
        return Compare("extend", reply, _model.Extend(call, _now = reply.Now));
    }

    private async Task<string?> SettleAsync()
    {
        var (id, use) = (Id(0.02), new RequestUse(_random.Next(11_000), new(_random.Next(100_000), _random.Next(1_000_000))));
        var reply = await counters.SettleAsync(_tenant, id, use);
        return Compare("settle", reply, _model.Settle(id, use, _now = reply.Now));
    }

    private async Task<string?> CountAsync()
    {
        var (id, isEvent) = (Id(0.3), _random.Next(4) > 0);
        var use = new RequestUse(_random.Next(11_000), new(_random.Next(100_000), _random.Next(1_000_000)));
        var at = _now.AddSeconds(-_random.Next(200));
        // Some as late as a session is long.
        var since = MeterWindow.SessionSince(_random.Next(5) == 0 ? at.AddHours(-_random.Next(30)) : at);
        MeterCount[] counts = [.. Claims(Subject(), at, 0, 0).Where(static claim => claim.Measure != LimitMeasure.Concurrency).Select(claim => new MeterCount(claim.Meter, claim.Kind, use.Of(claim.Measure), claim.Window.IsSession ? since : claim.Window))];
        var reply = await counters.CountAsync(_tenant, id, counts, isEvent);
        return Compare("count", reply, _model.Count(id, counts, isEvent, _now = reply.Now));
    }

    private async Task<string?> ReleaseAsync()
    {
        var id = Id(0.02);
        var reply = await counters.ReleaseAsync(_tenant, id);
        return Compare("release", reply, _model.Release(id, _now = reply.Now));
    }

    /// <summary>Seconds mostly, a day at times.</summary>
    private async Task<string?> AdvanceAsync()
    {
        advance(_random.Next(200) switch { 0 => TimeSpan.FromHours(25), 1 => TimeSpan.FromMinutes(70), _ => TimeSpan.FromMilliseconds(_random.Next(20_000)) });
        var state = await counters.TouchAsync(_tenant, []);
        var held = _model.Held(_now = state.Now);
        return held == state.Held ? null : $"held {state.Held}, the model {held}";
    }

    private async Task<string?> OpenAsync()
    {
        string[] kinds = [.. Kinds.Where(static kind => kind.Measure != LimitMeasure.Concurrency).Select(static kind => kind.Name)];
        var state = await counters.TouchAsync(_tenant, kinds);
        _model.Open(kinds);
        return await counters.OpenAsync(_tenant, state.Epoch, kinds) ? null : "the epoch changed";
    }

    private async Task<string?> AdjustAsync()
    {
        var state = await counters.TouchAsync(_tenant, []);
        var use = new RequestUse(_random.Next(-50, 50), new(_random.Next(-20_000, 20_000), _random.Next(1_000_000)));
        MeterCount[] counts = [.. Claims(Subject(), state.Now, 0, 0).Where(static claim => claim.Measure != LimitMeasure.Concurrency && !claim.Window.IsSession).Select(claim => new MeterCount(claim.Meter, claim.Kind, use.Of(claim.Measure), claim.Window))];
        _model.Adjust(counts, _now = state.Now);
        return await counters.AdjustAsync(_tenant, state.Epoch, counts, state.Revision) ? null : "the epoch changed";
    }

    private string? Compare(string what, ReserveReply reply, (ReserveOutcome Outcome, DateTimeOffset? Ends, List<int> Indexes) model)
    {
        if (reply.Outcome == ReserveOutcome.Granted) Granted++;
        if (reply.Outcome == ReserveOutcome.Refused) Refused++;
        return reply.Outcome == model.Outcome && reply.HoldExpiresAt == model.Ends && reply.Indexes.SequenceEqual(model.Indexes)
            ? null
            : $"{what}: {reply.Outcome} until {reply.HoldExpiresAt:O} [{string.Join(' ', reply.Indexes)}], the model {model.Outcome} until {model.Ends:O} [{string.Join(' ', model.Indexes)}]";
    }

    private static string? Compare(string what, RequestReply reply, (RequestOutcome Outcome, RequestState State) model) =>
        (reply.Outcome, reply.State) == model ? null : $"{what}: {reply.Outcome} {reply.State}, the model {model.Outcome} {model.State}";

    /// <summary>What is spent and held, on every meter of the present windows.</summary>
    private async Task<string?> CompareMetersAsync()
    {
        if (_tenant.Length == 0) return null;
        // Past every hold: what is held is nothing then, here and there.
        advance(TimeSpan.FromSeconds(201));
        var now = (await counters.TouchAsync(_tenant, [])).Now;
        foreach (var kind in Kinds)
            for (var user = 0; user < 3; user++)
                for (var model = 0; model < 2; model++)
                    for (var session = 0; session < 4; session++)
                    {
                        var (window, subject) = (WindowOf(kind, now), new LimitSubject(_tenant, User: $"u-{user}", Model: $"m-{model}", Session: $"s {session}&x"));
                        var meter = Meter.Name(kind.Name, window, kind.Dimensions, subject);
                        var reading = (await counters.ReadAsync(_tenant, [meter]))[0];
                        if (LimitsModel.Value(reading.Spent) != _model.SpentOn(meter, window, now) || reading.Held != 0 || _model.HeldOn(meter, now) != 0)
                            return $"{meter}: {LimitsModel.Value(reading.Spent)} spent, {reading.Held} held; the model {_model.SpentOn(meter, window, now)} and {_model.HeldOn(meter, now)}";
                    }
        return null;
    }
}
