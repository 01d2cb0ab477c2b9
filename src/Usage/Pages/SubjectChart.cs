using AgentConsole.Shell;
using AgentConsole.Shell.Widgets;

namespace AgentConsole.Usage.Pages;

/// <summary>The cost of a subject over time, by model: the dearest have a colour of their own, the rest is "other".</summary>
public static class SubjectChart
{
    private const int Top = 7;

    public static ChartModel Draw(SubjectUse use, SeriesColours colours)
    {
        if (use is not { View: { } view, Total: { } total, Over: { } over }) return new([], [], ChartUnit.Usd, null);
        var starts = TimeBuckets.Between(view.Range.From, view.Range.End, view.Range.Zone, view.Grain);
        var index = starts.Select(static (start, at) => (start.UtcTicks, at)).ToDictionary(static pair => pair.UtcTicks, static pair => pair.at);
        var models = total.Rows.OrderByDescending(static row => row.Measures.Cost).ThenBy(static row => row.Group[0], StringComparer.Ordinal).Select(static row => row.Group[0]).ToList();
        var shown = models.Count == Top + 1 ? models : models.Take(Top).ToList();
        var names = colours.Assign(Dimension.Model.Name(), shown);
        var series = shown.Select((model, at) => new ChartSeries(model ?? "none", Dimension.Model.Value(model), names[at], Values(over.Rows.Where(row => row.Group[0] == model), index))).ToList();
        if (models.Count > shown.Count)
            series.Add(new("other", $"other ({Format.Count(models.Count - shown.Count)})", SeriesColours.Other, Values(over.Rows.Where(row => !shown.Contains(row.Group[0])), index)));
        var whole = starts.TakeWhile(start => TimeBuckets.Next(start, view.Range.Zone, view.Grain) <= view.Range.Now).Count();
        return new(TimeBuckets.Label(starts, view.Range.Zone, view.Grain), series, ChartUnit.Usd, whole < starts.Count ? whole : null);
    }

    private static double?[] Values(IEnumerable<BreakdownRow> rows, Dictionary<long, int> index)
    {
        var values = new double?[index.Count];
        Array.Fill(values, 0);
        foreach (var row in rows)
            if (row.Bucket is { } bucket && index.TryGetValue(bucket.UtcTicks, out var at))
                values[at] = row.Measures.CostKnown ? (values[at] ?? 0) + (double)row.Measures.Cost : values[at] is 0 ? null : values[at];
        return values;
    }
}
