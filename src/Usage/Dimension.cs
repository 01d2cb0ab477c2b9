namespace AgentConsole.Usage;

/// <summary>What usage can be grouped and filtered by.</summary>
public enum Dimension { Tenant, Provider, Model, User, Key, Team, Agent, Tool, Operation, Status, Prompt, PromptVersion, Source }

public static class Dimensions
{
    public static readonly Dimension[] All = Enum.GetValues<Dimension>();

    private static readonly string[] Names =
        [.. All.Select(static dimension => char.ToLowerInvariant(dimension.ToString()[0]) + dimension.ToString()[1..])];

    /// <summary>The name in the public API and in page URLs.</summary>
    public static string Name(this Dimension dimension) => Names[(int)dimension];

    public static Dimension? Parse(string? name) => Array.IndexOf(Names, name) is var index and >= 0 ? (Dimension)index : null;
}

public enum Grain { Total, QuarterHour, Hour, Day, Week, Month }

public static class Grains
{
    public static string Name(this Grain grain) => grain switch
    {
        Grain.Total => "total",
        Grain.QuarterHour => "15m",
        Grain.Hour => "hour",
        Grain.Day => "day",
        Grain.Week => "week",
        Grain.Month => "month",
        _ => throw new ArgumentOutOfRangeException(nameof(grain)),
    };

    public static Grain? Parse(string? name) => name switch
    {
        "total" => Grain.Total,
        "15m" => Grain.QuarterHour,
        "hour" => Grain.Hour,
        "day" => Grain.Day,
        "week" => Grain.Week,
        "month" => Grain.Month,
        _ => null,
    };
}
