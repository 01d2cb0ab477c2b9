using System.Text.Json;
using AgentConsole.Access;
using AgentConsole.Platform;
using AgentConsole.Platform.Data;
using AgentConsole.Platform.Http;
using AgentConsole.Usage;

namespace AgentConsole.Pricing.Api;

/// <summary>Re-pricing over HTTP. A tenant's key may ask what would change of its own; only who may manage prices applies.</summary>
internal static class RepriceEndpoints
{
    /// <summary>How long an applied run is waited for before the answer says that it goes on: most are done by then.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(25);

    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(100);

    public static void Map(RouteGroupBuilder read)
    {
        read.MapPost("/reprice", RepriceAsync).DisableAntiforgery().WithSummary("What today's prices would change, per tenant and model; with apply, changes it in the background.")
            .WithBody("The range [from, to) and what of it.", """{"from":"2026-11-01T00:00:00Z","to":"2026-12-01T00:00:00Z","model":"gpt-5","tenant":"acme","apply":false}""", "application/json")
            .Produces<RepriceJson>().Produces<RepriceJson>(202).ProducesProblem(400).ProducesProblem(401).ProducesProblem(403);
        read.MapGet("/reprice", ListAsync).WithSummary("Re-pricings that were applied, newest first.").Produces<RepriceListJson>().ProducesProblem(401).ProducesProblem(403);
        read.MapGet("/reprice/{id:guid}", FindAsync).WithSummary("How far a re-pricing is.").Produces<RepriceRunJson>().ProducesProblem(401).ProducesProblem(404);
    }

    private static async Task<IResult> RepriceAsync(HttpContext context, RepriceUsage reprice, TimeProvider time, CancellationToken cancellationToken)
    {
        var caller = Caller.Of(context);
        var read = await ReadAsync(context, cancellationToken);
        if (!read.Ok) return Problems.From(read.Error, PriceEndpoints.StatusOf(read.Error), context);
        var (scope, apply) = read.Value;
        var reach = caller.ReachOf(Permission.ReadUsage);
        if (scope.Tenant is { } tenant && !reach.Includes(tenant)) return Problems.From(new ForeignTenant(), StatusCodes.Status403Forbidden, context);
        if (apply && !caller.CanOnPlatform(Permission.ManagePrices)) return Problems.From(new NotAllowed(), StatusCodes.Status403Forbidden, context);
        var preview = await reprice.PreviewAsync(reach, scope, cancellationToken);
        if (!apply) return Results.Ok(RepriceJson.Of(preview, null));
        var started = await reprice.StartAsync(scope, preview.Requests, caller, cancellationToken);
        if (!started.Ok) return Problems.From(started.Error, PriceEndpoints.StatusOf(started.Error), context);
        var run = await WaitAsync(reprice, started.Value, time, cancellationToken);
        return Results.Json(RepriceJson.Of(preview, run), statusCode: run.IsUnderWay ? StatusCodes.Status202Accepted : StatusCodes.Status200OK);
    }

    private static async Task<RepriceProgress> WaitAsync(RepriceUsage reprice, RepriceProgress run, TimeProvider time, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        while (run.IsUnderWay && time.GetElapsedTime(started) < Patience)
        {
            await Task.Delay(Poll, time, cancellationToken);
            run = await reprice.FindAsync(Reach.Platform, run.Id, cancellationToken) ?? run;
        }
        return run;
    }

    private static async Task<Result<(RepriceScope Scope, bool Apply)>> ReadAsync(HttpContext context, CancellationToken cancellationToken)
    {
        RepriceBody? body;
        try
        {
            body = await JsonSerializer.DeserializeAsync<RepriceBody>(context.Request.Body, JsonSerializerOptions.Web, cancellationToken);
        }
        catch (JsonException error)
        {
            return new InvalidPriceQuery($"The body is not what is expected at {error.Path ?? "its start"}.");
        }
        if (!IsoTime.TryParse(body?.From ?? "", out var from) || !IsoTime.TryParse(body?.To ?? "", out var to) || from >= to)
            return new InvalidPriceQuery("from and to are required: ISO 8601 times, from before to.");
        return (new RepriceScope(from, to, body!.Tenant, body.Provider is { } provider ? Providers.Canonical(provider) : null, body.Model), body.Apply);
    }

    private static async Task<IResult> ListAsync(HttpContext context, RepriceUsage reprice, CancellationToken cancellationToken) =>
        Results.Ok(new RepriceListJson([.. (await reprice.ListAsync(Caller.Of(context).ReachOf(Permission.ReadPrices), 100, cancellationToken)).Select(RepriceRunJson.Of)]));

    private static async Task<IResult> FindAsync(Guid id, HttpContext context, RepriceUsage reprice, CancellationToken cancellationToken) =>
        await reprice.FindAsync(Caller.Of(context).ReachOf(Permission.ReadPrices), id, cancellationToken) is { } run
            ? Results.Ok(RepriceRunJson.Of(run))
            : Problems.From(new UnknownReprice(id), 404, context);

    private sealed record RepriceBody(string? From, string? To, string? Tenant, string? Provider, string? Model, bool Apply = false);
}
