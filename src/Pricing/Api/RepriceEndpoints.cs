using System.Text.Json;
using AgentConsole.Access;
using AgentConsole.Platform;
using AgentConsole.Platform.Http;
using AgentConsole.Usage;

namespace AgentConsole.Pricing.Api;

/// <summary>Re-pricing over HTTP. A tenant's key may ask what would change of its own; only the platform applies.</summary>
internal static class RepriceEndpoints
{
    /// <summary>How long an applied run is waited for before the answer says that it goes on: most are done by then.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(25);

    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(100);

    public static void Map(RouteGroupBuilder write, RouteGroupBuilder read)
    {
        write.MapPost("/reprice", RepriceAsync).WithSummary("What today's prices would change, per tenant and model; with apply, changes it in the background.")
            .WithBody("The range [from, to) and what of it.", """{"from":"2026-11-01T00:00:00Z","to":"2026-12-01T00:00:00Z","model":"gpt-5","tenant":"acme","apply":false}""", "application/json")
            .Produces<RepriceJson>().Produces<RepriceJson>(202).ProducesProblem(400).ProducesProblem(401).ProducesProblem(403);
        read.MapGet("/reprice", ListAsync).WithSummary("Re-pricings that were applied, newest first.").Produces<RepriceListJson>().ProducesProblem(401).ProducesProblem(403);
        read.MapGet("/reprice/{id:guid}", FindAsync).WithSummary("How far a re-pricing is.").Produces<RepriceRunJson>().ProducesProblem(401).ProducesProblem(404);
    }

    private static async Task<IResult> RepriceAsync(HttpContext context, RepriceUsage reprice, TimeProvider time, CancellationToken cancellationToken)
    {
        var read = await ReadAsync(context, cancellationToken);
        if (!read.Ok) return Problems.From(read.Error, read.Error is ForeignTenant or PricesArePlatforms ? 403 : 400, context);
        var (scope, apply) = read.Value;
        var preview = await reprice.PreviewAsync(scope, cancellationToken);
        if (!apply) return Results.Ok(RepriceJson.Of(preview, null));
        var run = await reprice.StartAsync(scope, preview.Requests, Actor.Of(context), cancellationToken);
        run = await WaitAsync(reprice, run, time, cancellationToken);
        return Results.Json(RepriceJson.Of(preview, run), statusCode: run.IsUnderWay ? StatusCodes.Status202Accepted : StatusCodes.Status200OK);
    }

    private static async Task<RepriceProgress> WaitAsync(RepriceUsage reprice, RepriceProgress run, TimeProvider time, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        while (run.IsUnderWay && time.GetElapsedTime(started) < Patience)
        {
            await Task.Delay(Poll, time, cancellationToken);
            run = await reprice.FindAsync(run.Id, null, cancellationToken) ?? run;
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
        var own = context.User.Tenant();
        if (own is not null && body!.Tenant is { } foreign && foreign != own) return new ForeignTenant();
        if (own is not null && body!.Apply) return new PricesArePlatforms();
        return (new RepriceScope(from, to, own ?? body!.Tenant, body!.Provider is { } provider ? Providers.Canonical(provider) : null, body.Model), body.Apply);
    }

    private static async Task<IResult> ListAsync(HttpContext context, RepriceUsage reprice, CancellationToken cancellationToken) =>
        Results.Ok(new RepriceListJson([.. (await reprice.ListAsync(context.User.Tenant(), 100, cancellationToken)).Select(RepriceRunJson.Of)]));

    private static async Task<IResult> FindAsync(Guid id, HttpContext context, RepriceUsage reprice, CancellationToken cancellationToken) =>
        await reprice.FindAsync(id, context.User.Tenant(), cancellationToken) is { } run
            ? Results.Ok(RepriceRunJson.Of(run))
            : Problems.From(new UnknownReprice(id), 404, context);

    private sealed record RepriceBody(string? From, string? To, string? Tenant, string? Provider, string? Model, bool Apply = false);
}
