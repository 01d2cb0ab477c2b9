namespace AgentConsole.Jobs.Api;

internal sealed record JobListJson(IReadOnlyList<JobJson> Items, IReadOnlyList<JobNodeJson> Nodes)
{
    public static JobListJson Of(JobBoard board) => new(
        [.. board.Jobs.Select(static row => new JobJson(
            row.Job.Name, row.Job.Does, row.Job.Cron, row.NextAt, row.Running?.Since, row.Running?.Node,
            row.Last is { } last ? new(last.At, (long)last.Took.TotalMilliseconds, last.Outcome.Word(), last.Node) : null,
            row.Record.Runs, row.Record.Failures, row.Record.FailuresInARow))],
        [.. board.Nodes.Select(static node => new JobNodeJson(node.Id, node.SeenAt, node.IsAlive))]);
}

/// <param name="Cron">Quartz cron: seconds first, UTC.</param>
internal sealed record JobJson(
    string Name, string Does, string Cron, DateTimeOffset? NextAt, DateTimeOffset? RunningSince, string? RunningOn,
    LastRunJson? LastRun, long Runs, long Failures, int FailuresInARow);

internal sealed record LastRunJson(DateTimeOffset At, long DurationMs, string Outcome, string? Node);

/// <param name="By"><c>schedule</c> or <c>hand</c>.</param>
internal sealed record JobRunJson(DateTimeOffset At, long DurationMs, string Outcome, string? Node, string By, string? FiringId)
{
    public static JobRunJson Of(JobRun run) => new(run.At, (long)run.Took.TotalMilliseconds, run.Outcome.Word(), run.Node, run.ByHand ? "hand" : "schedule", run.FiringId);
}

internal sealed record JobNodeJson(string Id, DateTimeOffset SeenAt, bool Alive);

internal sealed record JobRunListJson(IReadOnlyList<JobRunJson> Items, bool HasMore);
