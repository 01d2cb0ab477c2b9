using System.Text.Json.Serialization;

namespace AgentConsole.Shell.Widgets;

/// <summary>Stacked bars or areas over equal buckets of time.</summary>
/// <param name="Unit">How values are written.</param>
/// <param name="PartialFrom">Index of the first bucket that is still filling, drawn lighter; null when none is.</param>
public sealed record ChartModel(IReadOnlyList<ChartBucket> Buckets, IReadOnlyList<ChartSeries> Series, ChartUnit Unit, int? PartialFrom)
{
    /// <summary>Beyond this many buckets bars become thin and slow to draw, one element each; areas take over.</summary>
    public const int MostBars = 62;

    public bool Area => Buckets.Count > MostBars;
}

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

[JsonConverter(typeof(JsonStringEnumConverter<ChartUnit>))]
public enum ChartUnit { Usd, Tokens, Count }
