namespace AgentConsole.Jobs;

/// <param name="NextAt">Null when it is not in the schedule.</param>
/// <param name="Last">Null before its first run.</param>
/// <param name="Running">Null when it is not running.</param>
public sealed record JobRow(ScheduledJob Job, DateTimeOffset? NextAt, RunningJob? Running, JobRun? Last, JobRecord Record);

/// <param name="Runs">Since the schedule is kept; the runs themselves are kept for a shorter time.</param>
/// <param name="FailuresInARow">Back from the last run.</param>
public sealed record JobRecord(long Runs, long Failures, int FailuresInARow)
{
    public static readonly JobRecord None = new(0, 0, 0);
}

public sealed record RunningJob(DateTimeOffset Since, string Node);

public enum JobOutcome { Succeeded, Failed, Cancelled }

/// <param name="ByHand">Somebody asked for it; else the schedule did.</param>
/// <param name="FiringId">What the log of the node calls this run.</param>
public sealed record JobRun(string Job, DateTimeOffset At, TimeSpan Took, JobOutcome Outcome, bool ByHand, string? Node, string? FiringId);

/// <param name="HasMore">Older ones are kept and not shown.</param>
public sealed record JobRuns(IReadOnlyList<JobRun> Items, bool HasMore);

/// <summary>A node that runs jobs.</summary>
/// <param name="IsAlive">Whether it has checked in when it should; a dead node's jobs are taken over.</param>
public sealed record JobNode(string Id, DateTimeOffset SeenAt, bool IsAlive);

public sealed record JobBoard(IReadOnlyList<JobRow> Jobs, IReadOnlyList<JobNode> Nodes);

public static class JobWords
{
    public static string Word(this JobOutcome outcome) => outcome switch
    {
        JobOutcome.Succeeded => "succeeded",
        JobOutcome.Failed => "failed",
        JobOutcome.Cancelled => "cancelled",
        _ => throw new ArgumentOutOfRangeException(nameof(outcome)),
    };

    public static JobOutcome? ParseOutcome(string? word) => word switch
    {
        "succeeded" => JobOutcome.Succeeded,
        "failed" => JobOutcome.Failed,
        "cancelled" => JobOutcome.Cancelled,
        _ => null,
    };

    /// <summary>The shapes that our schedules have, in words; any other as it is written. UTC.</summary>
    public static string Schedule(string cron) => cron.Split(' ') switch
    {
        ["0", "*", "*", "*", "*", "?"] => "each minute",
        ["0,30", "*", "*", "*", "*", "?"] => "twice a minute",
        ["0", var minute, "*", "*", "*", "?"] when int.TryParse(minute, out var at) => $"each hour at :{at:00}",
        ["0", var minute, var hour, "*", "*", "?"] when int.TryParse(minute, out var at) && int.TryParse(hour, out var on) => $"each day at {on:00}:{at:00} UTC",
        _ => cron,
    };
}
