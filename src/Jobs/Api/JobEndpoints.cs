using AgentConsole.Access;
using AgentConsole.Platform;
using AgentConsole.Platform.Http;

namespace AgentConsole.Jobs.Api;

/// <summary>The schedule over HTTP, for keys of the platform.</summary>
internal static class JobEndpoints
{
    private const int MaxLimit = 1000;

    private static readonly QueryParameter[] Runs =
    [
        new("outcome", "Only runs that ended so.", Values: ["succeeded", "failed", "cancelled"]),
        new("limit", "1 to 1000, default 100.", Format: "int32"),
    ];

    public static void Map(IEndpointRouteBuilder app)
    {
        var read = app.MapGroup("/api/v1/jobs").RequireAuthorization(Permission.ReadPlatform.Policy()).WithTags("Operations");
        read.MapGet("", ListAsync).WithSummary("Jobs with their schedule, last and next run, and the nodes that run them.")
            .Produces<JobListJson>().ProducesProblem(401).ProducesProblem(403).ProducesProblem(503);
        read.MapGet("/{name}/runs", ListRunsAsync).WithSummary("What ran, newest first.").WithQuery(Runs)
            .Produces<JobRunListJson>().ProducesProblem(400).ProducesProblem(401).ProducesProblem(403).ProducesProblem(404).ProducesProblem(503);
        app.MapGroup("/api/v1/jobs").RequireAuthorization(Permission.ManagePlatform.Policy()).WithTags("Operations").DisableAntiforgery()
            .MapPost("/{name}/run", RunAsync).WithSummary("Asks for a run now, on whatever node is free.")
            .Produces(202).ProducesProblem(401).ProducesProblem(403).ProducesProblem(404).ProducesProblem(409).ProducesProblem(503);
    }

    private static async Task<IResult> ListAsync(HttpContext context, JobQueries jobs, CancellationToken cancellationToken)
    {
        var read = await jobs.ReadAsync(cancellationToken);
        return read.Ok ? Results.Ok(JobListJson.Of(read.Value)) : Refuse(read.Error, context);
    }

    private static async Task<IResult> ListRunsAsync(string name, HttpContext context, JobQueries jobs, CancellationToken cancellationToken)
    {
        var (outcome, limitText) = (context.Request.Query["outcome"].ToString(), context.Request.Query["limit"].ToString());
        if (outcome.Length > 0 && JobWords.ParseOutcome(outcome) is null) return Problems.Invalid("outcome is one of succeeded, failed, cancelled.", context);
        var limit = 100;
        if (limitText.Length > 0 && (!int.TryParse(limitText, out limit) || limit is < 1 or > MaxLimit)) return Problems.Invalid("limit is not a whole number from 1 to 1000.", context);
        var read = await jobs.ListRunsAsync(name, JobWords.ParseOutcome(outcome), limit, cancellationToken);
        return read.Ok ? Results.Ok(new JobRunListJson([.. read.Value.Items.Select(JobRunJson.Of)], read.Value.HasMore)) : Refuse(read.Error, context);
    }

    private static async Task<IResult> RunAsync(string name, HttpContext context, RunJob run, CancellationToken cancellationToken)
    {
        var asked = await run.ExecuteAsync(name, Caller.Of(context), cancellationToken);
        return asked.Ok ? Results.Accepted($"/api/v1/jobs/{name}/runs") : Refuse(asked.Error, context);
    }

    private static IResult Refuse(Error error, HttpContext context) => Problems.From(error, error switch
    {
        UnknownJob => 404,
        JobIsRunning => 409,
        NoSchedule => 503,
        _ => 403,
    }, context);
}
