using System.Text.Json.Serialization;

namespace AgentConsole.Shell.Widgets;

/// <summary>Series over buckets: of time as bars, areas or lines; of anything else as a heat map (a row per series) or a treemap (a tile per series, one bucket).</summary>
/// <param name="Unit">How values are written.</param>
/// <param name="PartialFrom">Index of the first bucket that is still filling, drawn lighter; null when none is.</param>
public sealed record ChartModel(IReadOnlyList<ChartBucket> Buckets, IReadOnlyList<ChartSeries> Series, ChartUnit Unit, int? PartialFrom)
{
    /// <summary>Beyond this many buckets bars become thin and slow to draw, one element each; areas take over.</summary>
    public const int MostBars = 62;

    public ChartKind Kind { get; init; } = Buckets.Count > MostBars ? ChartKind.Area : ChartKind.Bar;

    /// <summary>Whether the series are parts of a whole: bars and areas are then stacked, and have a sum.</summary>
    public bool Stacked { get; init; } = true;

    /// <summary>The whole of another time, as a dashed line over the others; null for none. Not a part of any sum.</summary>
    public ChartSeries? Before { get; init; }

    /// <summary>Over time, with an axis to drag along.</summary>
    [JsonIgnore]
    public bool IsOverTime => Kind is ChartKind.Bar or ChartKind.Area or ChartKind.Line;
}

[JsonConverter(typeof(JsonStringEnumConverter<ChartKind>))]
public enum ChartKind { Bar, Area, Line, HeatMap, Treemap }

/// <param name="Tick">The short label under the axis; empty for most buckets.</param>
/// <param name="Title">The whole label, in the tooltip and the table.</param>
public sealed record ChartBucket(string Tick, string Title);

/// <param name="Key">What a click reports.</param>
/// <param name="Colour">A token name: 1 to 8, other, ok, warning, critical or unknown.</param>
/// <param name="Values">One per bucket; null where nothing is known.</param>
public sealed record ChartSeries(string Key, string Label, string Colour, IReadOnlyList<double?> Values);

/// <summary>A part of the chart that was chosen.</summary>
/// <param name="Key">Null when the bucket as a whole was.</param>
public sealed record ChartPoint(string? Key, int Bucket);

/// <summary>A stretch of buckets that was dragged over, both ends included.</summary>
public sealed record ChartStretch(int First, int Last);

[JsonConverter(typeof(JsonStringEnumConverter<ChartUnit>))]
public enum ChartUnit { Usd, Tokens, Count, Share, Milliseconds, TokensPerSecond }
