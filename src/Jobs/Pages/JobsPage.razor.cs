using AgentConsole.Access;
using AgentConsole.Shell;
using Microsoft.AspNetCore.Components;
using Npgsql;
using Quartz;

namespace AgentConsole.Jobs.Pages;

/// <summary>What the jobs page shows.</summary>
/// <param name="Board">Null when there is no schedule.</param>
/// <param name="Runs">Of the job that the URL names; null when it names none, or one that there is not.</param>
public sealed record JobsView(JobBoard? Board, JobRuns? Runs, bool MayRun);

/// <summary>What runs by itself: when, where, and how it went.</summary>
public sealed partial class JobsPage
{
    private const int ShownRuns = 200;

    private string? _asking;
    private string? _problem;
    private string? _done;

    [Inject] private JobQueries Queries { get; set; } = null!;
    [Inject] private RunJob Run { get; set; } = null!;
    [Inject] private CurrentCaller Caller { get; set; } = null!;
    [Inject] private ILogger<JobsPage> Log { get; set; } = null!;

    private JobOutcome? Outcome => JobWords.ParseOutcome(Url.Text("outcome"));

    protected override IReadOnlyList<string> ListensTo => [Topics.Jobs];

    protected override bool Owns(PageUrl url) => url.Path == Links.Jobs;

    protected override async Task<JobsView> PullAsync(CancellationToken cancellationToken)
    {
        var (job, outcome) = (Url.Text("job"), Outcome);
        var board = await Queries.ReadAsync(cancellationToken);
        var runs = board.Ok && job is not null ? (await Queries.ListRunsAsync(job, outcome, ShownRuns, cancellationToken)).Value : null;
        return new(board.Value, runs, RunJob.May(await Caller.ReadAsync()));
    }

    private async Task RunAsync(string job)
    {
        if (_asking is not null) return;
        (_asking, _problem, _done) = (job, null, null);
        try
        {
            var asked = await Run.ExecuteAsync(job, await Caller.ReadAsync(), CancellationToken.None);
            if (asked.Ok) _done = $"{job} has been asked to run now.";
            else _problem = asked.Error.Message;
            await ReloadAsync();
        }
        catch (Exception error) when (error is NpgsqlException or SchedulerException)
        {
            LogFailed(Log, error, job);
            _problem = "The store did not confirm it. Try again.";
        }
        finally
        {
            _asking = null;
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "A run of {Job} could not be asked for")]
    private static partial void LogFailed(ILogger logger, Exception error, string job);
}
