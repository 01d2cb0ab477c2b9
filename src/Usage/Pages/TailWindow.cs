namespace AgentConsole.Usage.Pages;

/// <summary>One viewer's place in a tail, and what it shows of it: a ring of the newest requests.</summary>
/// <param name="Position">What came up to here has been shown or skipped.</param>
/// <param name="Arrived">What came up to here is known of.</param>
/// <param name="Rows">Newest first, at most <see cref="LiveTail.Held"/>.</param>
/// <param name="Came">How many came since the viewer opened the tail and were shown or skipped.</param>
/// <param name="Skipped">How many of those were never shown.</param>
/// <param name="IsUncounted">The counting began anew in between, so more may have been skipped.</param>
/// <param name="Since">When the viewer opened it.</param>
public sealed record TailWindow(Guid Run, long Position, long Arrived, IReadOnlyList<RequestRow> Rows, long Came, long Skipped, bool IsUncounted, DateTimeOffset Since, DateTimeOffset CompleteTo)
{
    /// <summary>Came in and is not shown yet.</summary>
    public long Waiting => Arrived - Position;

    public static TailWindow Open(TailAnswer answer) =>
        new(answer.Run, answer.Arrived, answer.Arrived, [.. answer.Rows.Select(static row => row.Row)], 0, 0, false, answer.CompleteTo, answer.CompleteTo);

    /// <summary>Shows what came.</summary>
    public TailWindow Take(TailAnswer answer)
    {
        var known = Hold(answer);
        if (known.Waiting == 0) return known;
        var shown = Rows.Select(static row => (row.Tenant, row.Source, row.Id)).ToHashSet();
        var fresh = answer.Rows.Where(row => row.Number > known.Position && !shown.Contains((row.Row.Tenant, row.Row.Source, row.Row.Id))).Select(static row => row.Row).ToList();
        return known with
        {
            Position = known.Arrived,
            Rows = [.. fresh.Concat(Rows).Take(LiveTail.Held)],
            Came = Came + known.Waiting,
            Skipped = Skipped + Math.Max(0, known.Waiting - fresh.Count),
        };
    }

    /// <summary>Shows what it showed, and knows how many came.</summary>
    public TailWindow Hold(TailAnswer answer) => answer.Run == Run
        ? this with { Arrived = Math.Max(Arrived, answer.Arrived), CompleteTo = answer.CompleteTo }
        : this with { Run = answer.Run, Position = -Waiting, Arrived = answer.Arrived, IsUncounted = true, CompleteTo = answer.CompleteTo };
}
