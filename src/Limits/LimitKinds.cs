using AgentConsole.Usage;

namespace AgentConsole.Limits;

/// <summary>What a limit counts; stored by number, so the order is fixed.</summary>
public enum LimitMeasure : short { Requests = 1, Tokens = 2, Cost = 3, Concurrency = 4 }

/// <summary>Over what it counts: a stretch of the tenant's calendar, or one session; stored by number.</summary>
public enum LimitWindow : short { Minute = 1, Hour = 2, Day = 3, Week = 4, Month = 5, Session = 6 }

/// <summary>Whether it refuses what would exceed it, or only says so; stored by number.</summary>
public enum LimitAction : short { Block = 1, Warn = 2 }

/// <summary>What a limit's scope can name beside the tenant.</summary>
public enum LimitDimension { Team, User, Key, Model, Provider, Session }

/// <summary>The names in the public API.</summary>
public static class LimitNames
{
    public static readonly LimitDimension[] Dimensions = Enum.GetValues<LimitDimension>();

    private static readonly string[] DimensionNames = ["team", "user", "key", "model", "provider", "session"];

    public static string Name(this LimitDimension dimension) => DimensionNames[(int)dimension];

    public static string Name(this LimitMeasure measure) => measure switch
    {
        LimitMeasure.Requests => "requests",
        LimitMeasure.Tokens => "tokens",
        LimitMeasure.Cost => "cost",
        LimitMeasure.Concurrency => "concurrency",
        _ => throw new ArgumentOutOfRangeException(nameof(measure)),
    };

    public static string Name(this LimitWindow window) => window switch
    {
        LimitWindow.Minute => "minute",
        LimitWindow.Hour => "hour",
        LimitWindow.Day => "day",
        LimitWindow.Week => "week",
        LimitWindow.Month => "month",
        LimitWindow.Session => "session",
        _ => throw new ArgumentOutOfRangeException(nameof(window)),
    };

    public static string Name(this LimitAction action) => action switch
    {
        LimitAction.Block => "block",
        LimitAction.Warn => "warn",
        _ => throw new ArgumentOutOfRangeException(nameof(action)),
    };

    /// <summary>Null when there is none of that name.</summary>
    public static LimitMeasure? Measure(string? name) => Find<LimitMeasure>(name, static measure => measure.Name());

    /// <inheritdoc cref="Measure"/>
    public static LimitWindow? Window(string? name) => Find<LimitWindow>(name, static window => window.Name());

    /// <inheritdoc cref="Measure"/>
    public static LimitAction? Action(string? name) => Find<LimitAction>(name, static action => action.Name());

    /// <summary>What usage calls it; sessions it does not group by.</summary>
    internal static Dimension InLedger(this LimitDimension dimension) => dimension switch
    {
        LimitDimension.Team => Dimension.Team,
        LimitDimension.User => Dimension.User,
        LimitDimension.Key => Dimension.Key,
        LimitDimension.Model => Dimension.Model,
        LimitDimension.Provider => Dimension.Provider,
        _ => throw new ArgumentOutOfRangeException(nameof(dimension)),
    };

    private static T? Find<T>(string? name, Func<T, string> nameOf) where T : struct, Enum
    {
        foreach (var value in Enum.GetValues<T>())
            if (nameOf(value) == name) return value;
        return null;
    }
}
