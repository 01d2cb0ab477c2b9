using AgentConsole.Usage;

namespace AgentConsole.Demo.Traffic;

/// <summary>Plays one session of one user: its calls in order, each with the context, cache, waits and failures that the one before left it.</summary>
internal sealed class DemoSession(DemoTenant tenant, DemoActivity activity, DemoStories stories, DemoRandom random)
{
    private const int MaxHops = 24;

    private readonly List<DemoHop> _hops = [];
    private DateTimeOffset _start;
    private DateTimeOffset _now;
    private DemoEvent? _template;

    /// <param name="name">Unique within the tenant.</param>
    public List<DemoEvent> Play(string name, DateTimeOffset start)
    {
        (_start, _now) = (start, start);
        var events = new List<DemoEvent>();
        var turns = random.Between(activity.MinTurns, activity.MaxTurns);
        foreach (var step in activity.Opening)
            events.Add(Call(step, name, turn: 0));
        var turnStep = random.Pick(activity.Turns);
        var model = random.Pick(turnStep.Models);
        for (var turn = 0; turn < turns; turn++)
            events.Add(Call(turnStep with { Models = [model] }, name, turn));
        foreach (var step in activity.Closing)
            events.Add(Call(step, name, turns));
        return activity.Traced ? [.. events.Take(events.Count - 1), events[^1] with { Hops = [.. _hops] }] : events;
    }

    private DemoEvent Call(DemoStep step, string name, int turn)
    {
        _template ??= Template(name);
        var model = random.Pick(step.Models);
        var call = _template with
        {
            Model = model,
            OccurredAt = _now,
            Operation = step.Operation,
            Agent = step.Agent,
            Tool = step.Tools is null ? null : random.Pick(step.Tools),
            Tokens = Tokens(step, model, turn),
        };
        var done = DemoFailures.Apply(Timed(call, step), stories, random);
        Advance(step, done);
        return done;
    }

    private DemoEvent Template(string name)
    {
        var (user, team, key) = tenant.PickUser(random);
        return new DemoEvent
        {
            Tenant = tenant.Id,
            OccurredAt = _start,
            Model = DemoModel.Haiku,
            Operation = "chat",
            User = user,
            Team = team,
            Key = key,
            Session = $"s-{name}",
            Thread = random.Chance(0.7) ? $"t-{name}" : null,
            Prompt = activity.Prompt,
            PromptVersion = stories.PromptVersion(activity, _start, random),
            Sandbox = activity.Sandbox ? $"vm-{random.Between(1, 60)}" : null,
            Environment = random.Chance(0.93) ? "prod" : "staging",
            Batch = activity.Batch,
        };
    }

    /// <summary>The context is read from the cache, or written to it, or neither; then comes what is new.</summary>
    private TokenCounts Tokens(DemoStep step, DemoModel model, int turn)
    {
        var prefix = random.Spread(step.Context + turn * step.Growth, 0.12);
        var fresh = random.Spread(Math.Max(24, step.Growth * 0.35 + 60), 0.5);
        var written = step.Output == 0 ? 0 : random.Spread(step.Output, 0.55);
        var reasoning = step.Reasoning == 0 ? 0 : random.Spread(step.Output * step.Reasoning, 0.6);
        var counts = Cached(model, prefix, fresh, model.Cache != PromptCache.None && random.Chance(stories.HitRate(activity, _now)));
        return counts with
        {
            Output = written,
            Reasoning = reasoning,
            ImageInput = step.Images == 0 ? 0 : random.Spread(step.Images, 0.3),
            AudioInput = step.Audio == 0 ? 0 : random.Spread(step.Audio, 0.4),
        };
    }

    private TokenCounts Cached(DemoModel model, int prefix, int fresh, bool hit) => (hit, model.Cache) switch
    {
        (true, PromptCache.ReadAndWrite) => new() { Input = 3 + fresh / 40, CacheRead = prefix, CacheWrite5m = fresh },
        (true, _) => new() { Input = fresh, CacheRead = prefix / 128 * 128 },
        (false, PromptCache.ReadAndWrite) when random.Chance(0.08) => new() { Input = 3 + fresh / 40, CacheWrite1h = prefix, CacheWrite5m = fresh },
        (false, PromptCache.ReadAndWrite) => new() { Input = 3 + fresh / 40, CacheWrite5m = prefix + fresh },
        _ => new() { Input = prefix + fresh },
    };

    private DemoEvent Timed(DemoEvent call, DemoStep step)
    {
        var ttft = random.Spread(call.Model.TtftMs + call.Tokens.InputTotal / 90.0, 0.32);
        var writing = call.Model.TokensPerSecond == 0 ? 0 : (int)(call.Tokens.OutputTotal * 1000 / call.Model.TokensPerSecond);
        return call with { LatencyMs = ttft + writing, TtftMs = step.Stream ? ttft : null };
    }

    private void Advance(DemoStep step, DemoEvent done)
    {
        var took = done.LatencyMs + done.Attempts.Sum(static attempt => attempt.LatencyMs);
        if (_hops.Count < MaxHops)
            _hops.Add(new DemoHop(step.Agent ?? activity.Name, (int)(_now - _start).TotalMilliseconds, took));
        _now = _now.AddMilliseconds(took + random.Spread(activity.GapSeconds * 1000, 0.7));
    }
}
