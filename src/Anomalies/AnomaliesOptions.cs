using AgentConsole.Platform;

namespace AgentConsole.Anomalies;

/// <summary>When a cost is so unusual that someone must look.</summary>
public sealed record AnomaliesOptions
{
    /// <summary><c>Anomalies__MinimumUsd</c>: US dollars above what was expected, over the whole incident; 1 to 1,000,000, default 20, so that nobody is called for cents.</summary>
    public int MinimumUsd { get; init; } = 20;

    /// <summary><c>Anomalies__MinimumPercent</c>: percent of what was expected; 110 to 10,000, default 150.</summary>
    public int MinimumPercent { get; init; } = 150;

    /// <summary><c>Anomalies__MinimumScore</c>: how many times the usual spread above what was expected; 2 to 100, default 4.</summary>
    public int MinimumScore { get; init; } = 4;

    /// <summary><c>Anomalies__HistoryDays</c>: who was first seen fewer days ago has no history to be compared with; 7 to 28, default 7.</summary>
    public int HistoryDays { get; init; } = 7;

    /// <summary><c>Anomalies__NewcomerPercent</c>: who has no history is a case from this percentage of the tenant's cost on; 5 to 100, default 25.</summary>
    public int NewcomerPercent { get; init; } = 25;

    /// <summary><c>Anomalies__LookBackDays</c>: days that are looked at when a tenant is looked at for the first time, and after a long standstill; 1 to 14, default 7.</summary>
    public int LookBackDays { get; init; } = 7;

    /// <summary><c>Anomalies__MostNewCases</c>: cases opened per tenant and look, those of the most money; 1 to 100, default 5. The others are counted.</summary>
    public int MostNewCases { get; init; } = 5;

    public static AnomaliesOptions Read(Settings settings)
    {
        var otherwise = new AnomaliesOptions();
        return new()
        {
            MinimumUsd = settings.Number("Anomalies:MinimumUsd", otherwise.MinimumUsd, 1, 1_000_000),
            MinimumPercent = settings.Number("Anomalies:MinimumPercent", otherwise.MinimumPercent, 110, 10_000),
            MinimumScore = settings.Number("Anomalies:MinimumScore", otherwise.MinimumScore, 2, 100),
            HistoryDays = settings.Number("Anomalies:HistoryDays", otherwise.HistoryDays, 7, 28),
            NewcomerPercent = settings.Number("Anomalies:NewcomerPercent", otherwise.NewcomerPercent, 5, 100),
            LookBackDays = settings.Number("Anomalies:LookBackDays", otherwise.LookBackDays, 1, 14),
            MostNewCases = settings.Number("Anomalies:MostNewCases", otherwise.MostNewCases, 1, 100),
        };
    }
}
