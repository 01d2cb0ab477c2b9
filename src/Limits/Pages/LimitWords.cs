using AgentConsole.Shell;

namespace AgentConsole.Limits.Pages;

/// <summary>Limits in words: <c>each user · $25.00 per day</c>.</summary>
internal static class LimitWords
{
    public static string Who(LimitScope scope) => scope.Named.ToList() is { Count: > 0 } named
        ? string.Join(", ", named.Select(dimension => scope[dimension] == LimitScope.Each ? $"each {dimension.Name()}" : $"{dimension.Name()} {Format.Middle(scope[dimension]!, 32)}"))
        : scope.Tenant == LimitScope.Each ? "each tenant" : "the tenant";

    public static string WhoExact(LimitScope scope) => string.Join(", ", scope.Named.Select(dimension => $"{dimension.Name()} {scope[dimension]}").Prepend($"tenant {scope.Tenant}"));

    public static string Who(LimitSubject subject) => LimitNames.Dimensions.Where(dimension => subject[dimension] is not null).Select(dimension => $"{dimension.Name()} {Format.Middle(subject[dimension]!, 28)}").ToList() is { Count: > 0 } named
        ? string.Join(", ", named)
        : "nobody named";

    /// <summary>Said of no one: <c>$25.00 per day</c>.</summary>
    public static string Rule(LimitRow row) => row.Stops ? "stopped" : Rule(row.Measure, row.Max, row.Window);

    public static string Rule(LimitMeasure measure, decimal max, LimitWindow? window) => measure == LimitMeasure.Concurrency ? $"{Amount(measure, max)} at once" : $"{Amount(measure, max)} per {window?.Name()}";

    public static string Full(LimitRow row) => $"{Who(row.Scope)}: {Rule(row)}";

    public static string Amount(LimitMeasure measure, decimal value) => measure switch
    {
        LimitMeasure.Cost => value is > 0 and < 0.01m ? Format.MoneyExact(value) : Format.Money(value),
        LimitMeasure.Tokens => $"{Format.CountCompact((long)value)} {(value == 1 ? "token" : "tokens")}",
        LimitMeasure.Requests or LimitMeasure.Concurrency => $"{Format.Count((long)value)} {(value == 1 ? "request" : "requests")}",
        _ => throw new ArgumentOutOfRangeException(nameof(measure)),
    };

    public static string AmountExact(LimitMeasure measure, decimal value) => measure == LimitMeasure.Cost ? Format.MoneyExact(value) : Format.Count((long)value);

    public static string Measure(LimitMeasure measure) => measure switch
    {
        LimitMeasure.Requests => "Requests",
        LimitMeasure.Tokens => "Tokens",
        LimitMeasure.Cost => "Money",
        LimitMeasure.Concurrency => "At once",
        _ => throw new ArgumentOutOfRangeException(nameof(measure)),
    };

    /// <summary>When it begins anew, for a sentence.</summary>
    public static string Resets(LimitRow row, DateTimeOffset? at, TimeZoneInfo zone, DateTimeOffset now) => (row, at) switch
    {
        ({ Stops: true }, _) => "It does not reset: someone has to lift it.",
        ({ Measure: LimitMeasure.Concurrency }, _) => "It frees as soon as a request ends.",
        (_, { } end) when end > now => $"It resets at {Format.DateTime(end, zone)}, in {Format.Duration(end - now)}.",
        (_, { } end) => $"It reset at {Format.DateTime(end, zone)}.",
        _ => "When it resets is not known: its session has not begun.",
    };

    /// <summary>Why a request was refused, in a sentence.</summary>
    public static string Why(RefusalRow refusal)
    {
        var (limit, measure) = (refusal.Limit, refusal.Limit.Measure);
        if (refusal.Reason == LimitRefusalReason.Unknown) return $"What was used of “{Full(limit)}” was not known just then; {(measure == LimitMeasure.Cost ? "money is not granted blindly" : "this node's share of it was used up")}.";
        if (limit.Stops) return $"“{Who(limit.Scope)}” was stopped{(limit.Reason is { } reason ? $": {reason}" : "")}.";
        var left = refusal.Remaining is > 0 and var remaining ? $"{Amount(measure, remaining)} {(measure == LimitMeasure.Cost || remaining == 1 ? "was" : "were")} left" : "Nothing was left";
        return $"{left} of {Rule(limit)}{(refusal.Asked is { } asked && measure is LimitMeasure.Cost or LimitMeasure.Tokens ? $", and it asked for {Amount(measure, asked)}" : "")}.";
    }
}
