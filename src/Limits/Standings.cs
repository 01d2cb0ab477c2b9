using AgentConsole.Limits.Counters;

namespace AgentConsole.Limits;

/// <summary>What meters say, in the words of limits.</summary>
internal static class Standings
{
    public static LimitRefusal Refusal(PlannedMeter meter, MeterReading reading)
    {
        var limit = meter.Binding ?? meter.First;
        var remaining = new LimitAmount(limit.Max) - reading.Spent - new LimitAmount(reading.Held);
        return new(limit.Row, Math.Max(0, remaining.In(limit.Row.Measure)), ResetsAt(meter.Window, reading), LimitRefusalReason.Exceeded);
    }

    public static DateTimeOffset? ResetsAt(MeterWindow window, MeterReading? reading) => window.IsCalendar ? DateTimeOffset.FromUnixTimeMilliseconds(window.EndMs) : reading?.Until;

    /// <param name="readings">Of the meters, in their order; null: not known.</param>
    public static IReadOnlyList<LimitStanding> Of(IReadOnlyList<PlannedMeter> meters, IReadOnlyList<MeterReading>? readings, IReadOnlyList<string> unknown)
    {
        var standings = new List<LimitStanding>();
        for (var index = 0; index < meters.Count; index++)
        {
            var meter = meters[index];
            MeterReading? reading = readings is null || unknown.Contains(meter.First.Kind) ? null : readings[index];
            foreach (var limit in meter.All) standings.Add(Of(meter, limit, reading));
        }
        // The smallest share left; of equal ones the one that is in the way longest.
        var binding = standings.Where(static standing => standing is { IsOverridden: false, Limit.Action: LimitAction.Block, Remaining: not null })
            .OrderBy(static standing => standing.Limit.Max == 0 ? 0 : standing.Remaining!.Value / standing.Limit.Max).ThenByDescending(static standing => standing.ResetsAt).FirstOrDefault();
        return [.. standings.Select(standing => standing with { Binds = ReferenceEquals(standing, binding) })];
    }

    private static LimitStanding Of(PlannedMeter meter, CompiledLimit limit, MeterReading? reading)
    {
        var isOverridden = limit != (limit.Row.Action == LimitAction.Block ? meter.Binding : meter.Warning);
        var from = meter.Window.IsCalendar ? DateTimeOffset.FromUnixTimeMilliseconds(meter.Window.StartMs) : meter.Window.IsSession ? reading?.Until - MeterWindow.SessionLength : null;
        return new(limit.Row, isOverridden, reading?.Spent.In(limit.Row.Measure), reading is { } known ? new LimitAmount(known.Held).In(limit.Row.Measure) : null, from, ResetsAt(meter.Window, reading), false);
    }
}
