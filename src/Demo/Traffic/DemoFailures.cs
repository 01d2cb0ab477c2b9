using AgentConsole.Usage;

namespace AgentConsole.Demo.Traffic;

/// <summary>What can go wrong with a call: a limit, an error, an outage, a person who gives up; and who serves it then.</summary>
internal static class DemoFailures
{
    public static DemoEvent Apply(DemoEvent call, DemoStories stories, DemoRandom random)
    {
        if (stories.IsDown(call.Model, call.OccurredAt) && random.Chance(0.97))
            return InOutage(call, stories, random);
        return random.Unit() switch
        {
            < 0.011 => FallBack(call, new DemoAttempt(call.Model, 1, 429, "rate_limited", random.Spread(110)), random),
            < 0.015 => FallBack(call, new DemoAttempt(call.Model, 1, random.Chance(0.5) ? 500 : 503, "upstream_error", random.Spread(1_900)), random),
            < 0.0165 => Fail(call, UsageStatus.Failure, 400, "context_length_exceeded", random.Spread(240)),
            < 0.0175 => Fail(call, UsageStatus.Failure, 504, "timeout", 60_000),
            < 0.0205 when call.TtftMs is not null => Cancel(call, random),
            < 0.022 => Fail(call, UsageStatus.Denied, 429, "user_rate_limit", random.Between(1, 4)),
            _ => call,
        };
    }

    /// <summary>The provider is down: the second choice serves, or the third while everyone runs to the second, or nobody.</summary>
    private static DemoEvent InOutage(DemoEvent call, DemoStories stories, DemoRandom random)
    {
        var first = random.Chance(0.7)
            ? new DemoAttempt(call.Model, 1, 529, "overloaded", random.Spread(900))
            : new DemoAttempt(call.Model, 1, 503, "upstream_error", random.Spread(4_000));
        if (random.Chance(0.12))
            return Fail(call, UsageStatus.Failure, first.HttpStatus, first.Reason, first.LatencyMs);
        if (!stories.IsBackupLimited(call.OccurredAt) || !random.Chance(0.4))
            return ServedBy(call, call.Model.Fallbacks[0], [first]);
        var second = new DemoAttempt(call.Model.Fallbacks[0], 2, 429, "rate_limited", random.Spread(130));
        return ServedBy(call, call.Model.Fallbacks[1], [first, second]);
    }

    private static DemoEvent FallBack(DemoEvent call, DemoAttempt failed, DemoRandom random)
    {
        if (call.Model.Fallbacks is not [var next, ..])
            return Fail(call, UsageStatus.Failure, failed.HttpStatus, failed.Reason, failed.LatencyMs);
        return ServedBy(call, random.Chance(0.25) ? call.Model : next, [failed]);
    }

    /// <summary>Another provider knows nothing of the first one's cache: the whole prompt is fresh input there.</summary>
    private static DemoEvent ServedBy(DemoEvent call, DemoModel model, IReadOnlyList<DemoAttempt> failed) =>
        model == call.Model ? call with { Attempts = failed } : call with
        {
            Model = model,
            Requested = call.Model,
            Attempts = failed,
            Tokens = call.Tokens with
            {
                Input = call.Tokens.Input + call.Tokens.CacheRead + call.Tokens.CacheWrite5m + call.Tokens.CacheWrite1h,
                CacheRead = 0,
                CacheWrite5m = 0,
                CacheWrite1h = 0,
            },
        };

    private static DemoEvent Fail(DemoEvent call, UsageStatus status, int httpStatus, string reason, int latencyMs) => call with
    {
        Status = status,
        HttpStatus = httpStatus,
        Error = reason,
        Tokens = default,
        LatencyMs = latencyMs,
        TtftMs = null,
    };

    private static DemoEvent Cancel(DemoEvent call, DemoRandom random) => call with
    {
        Status = UsageStatus.Cancelled,
        HttpStatus = 499,
        Error = "client_closed",
        Tokens = call.Tokens with { Output = (long)(call.Tokens.Output * random.Unit()), Reasoning = 0 },
    };
}
