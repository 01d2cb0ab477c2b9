namespace AgentConsole.Shell;

/// <summary>How a number moved, ready to be shown.</summary>
/// <param name="Percent">Null when there is nothing to divide by.</param>
/// <param name="Better">Null when neither direction is better, as with tokens.</param>
public sealed record Change(ChangeDirection Direction, string? Percent, string Absolute, string Against, bool? Better)
{
    public string Arrow => Direction switch
    {
        ChangeDirection.Up => "▲",
        ChangeDirection.Down => "▼",
        ChangeDirection.None => "=",
        _ => throw new InvalidOperationException($"Unknown direction {Direction}."),
    };

    /// <summary>Null when either side is unknown: an unknown has no change.</summary>
    /// <param name="write">Writes a size without its sign.</param>
    /// <param name="lowerIsBetter">Null when neither is.</param>
    public static Change? Between(decimal? now, decimal? before, Func<decimal, string> write, string against, bool? lowerIsBetter = null)
    {
        if (now is not { } current || before is not { } previous)
            return null;
        var difference = current - previous;
        var direction = difference switch { > 0 => ChangeDirection.Up, < 0 => ChangeDirection.Down, _ => ChangeDirection.None };
        var percent = previous == 0 ? null : Size((double)Math.Abs(difference / previous));
        var sign = direction switch { ChangeDirection.Up => "+", ChangeDirection.Down => "−", _ => "±" };
        bool? better = direction == ChangeDirection.None || lowerIsBetter is not { } lower ? null : lower == (direction == ChangeDirection.Down);
        return new(direction, percent, sign + write(Math.Abs(difference)), against, better);
    }

    /// <summary>A multiple where a percentage would no longer say anything.</summary>
    private static string Size(double share) =>
        share < 10 ? Format.Percent(share) : "×" + Format.Count((long)Math.Round(share + 1));
}

public enum ChangeDirection { None, Up, Down }
