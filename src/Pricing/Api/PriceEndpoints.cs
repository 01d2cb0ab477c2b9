using System.IO.Compression;
using System.Text.Json;
using System.Text.Json.Nodes;
using AgentConsole.Access;
using AgentConsole.Platform;
using AgentConsole.Platform.Data;
using AgentConsole.Platform.Http;
using AgentConsole.Usage;
using Microsoft.AspNetCore.Mvc;

namespace AgentConsole.Pricing.Api;

/// <summary>Prices over HTTP. A tenant's key reads the list and its own contract; only who may manage prices writes.</summary>
internal static class PriceEndpoints
{
    /// <summary>Beyond Kestrel's own limit, so that a sender of too much gets an answer and not a broken pipe.</summary>
    private const long MaxReceived = 2 * ImportPrices.MaxBytes;

    private const string PriceExample = """
        {"provider":"openai","model":"gpt-5","validFrom":"2026-12-01T00:00:00Z","tier":"standard","perMillion":{"input":"1.25","cacheRead":"0.125","output":"10"},"source":"openai.com/pricing"}
        """;

    public static void Map(IEndpointRouteBuilder app)
    {
        var read = app.MapGroup("/api/v1/prices").RequireAuthorization(Permission.ReadPrices.Policy()).WithTags("Prices");
        read.MapGet("", List).WithSummary("The price book: list prices and contracts, by provider, model and date.").WithQuery(PriceParameters.List)
            .Produces<PriceListJson>().ProducesProblem(400).ProducesProblem(401).ProducesProblem(403);
        read.MapGet("/unpriced", UnpricedAsync).WithSummary("Models that were used and have no price.").WithQuery(PriceParameters.Unpriced)
            .Produces<UnpricedListJson>().ProducesProblem(400).ProducesProblem(401).ProducesProblem(403);

        var write = app.MapGroup("/api/v1/prices").RequireAuthorization(Permission.ManagePrices.Policy()).WithTags("Prices").DisableAntiforgery();
        write.MapPost("", AddAsync).WithSummary("Enters a dated price.").WithQuery(PriceParameters.Add).WithBody("One price.", PriceExample, "application/json")
            .Produces<JsonObject>(201).Produces<JsonObject>().ProducesProblem(400).ProducesProblem(401).ProducesProblem(403).ProducesProblem(409);
        write.MapPost("/import", ImportAsync).WithSummary("Imports a published catalogue.").WithQuery(PriceParameters.Import).WithMetadata(new RequestSizeLimitAttribute(MaxReceived))
            .WithBody("The catalogue as its project publishes it; at most 32 MB, gzip or not.", "[]", "application/json")
            .Produces<PriceImportJson>().ProducesProblem(400).ProducesProblem(401).ProducesProblem(403).ProducesProblem(413);
        RepriceEndpoints.Map(read);
    }

    private static IResult List(HttpContext context, PriceQueries prices)
    {
        var query = context.Request.Query;
        var reach = Within(context, Permission.ReadPrices);
        if (!reach.Ok) return Problems.From(reach.Error, 403, context);
        if (Limit(query) is not { } limit) return Problems.Invalid("limit is not a whole number from 1 to 1000.", context);
        if (Text(query, "cursor") is { } cursor && !PriceQueries.IsCursor(cursor)) return Problems.Invalid("cursor is not one that this list gave.", context);
        var page = prices.List(reach.Value, new(Text(query, "provider"), Text(query, "model"), Text(query, "search"), query["retired"] == "true", Text(query, "cursor"), limit));
        return Results.Ok(PriceListJson.Of(page));
    }

    private static async Task<IResult> UnpricedAsync(HttpContext context, MoneyQueries queries, TimeProvider time, CancellationToken cancellationToken)
    {
        var query = context.Request.Query;
        var reach = Within(context, Permission.ReadUsage);
        if (!reach.Ok) return Problems.From(reach.Error, 403, context);
        var (to, toOk) = Time(query, "to", time.GetUtcNow());
        var (from, fromOk) = Time(query, "from", DateTimeOffset.UnixEpoch);
        if (!fromOk || !toOk || from >= to) return Problems.Invalid("from and to are ISO 8601 times, from before to.", context);
        return Results.Ok(UnpricedListJson.Of(await queries.ListUnpricedAsync(reach.Value, from, to, cancellationToken)));
    }

    private static async Task<IResult> AddAsync(HttpContext context, AddPrice add, CancellationToken cancellationToken)
    {
        JsonElement body;
        try
        {
            body = await JsonSerializer.DeserializeAsync<JsonElement>(context.Request.Body, cancellationToken: cancellationToken);
        }
        catch (JsonException)
        {
            return Problems.From(new InvalidPrice("The body is not JSON."), 400, context);
        }
        var price = PriceJson.Read(body, PriceOrigin.Entered);
        if (!price.Ok) return Problems.From(price.Error, 400, context);
        var added = await add.ExecuteAsync(price.Value, context.Request.Query["confirm"] == "true", Caller.Of(context), cancellationToken);
        if (added.Ok) return Results.Json(PriceListJson.Item(added.Value.Row), statusCode: added.Value.Added ? 201 : 200);
        return added.Error is SuspiciousPrice suspicious ? Warn(suspicious, context) : Problems.From(added.Error, StatusOf(added.Error), context);
    }

    private static IResult Warn(SuspiciousPrice suspicious, HttpContext context)
    {
        var problem = Problems.Details(suspicious.Code, suspicious.Message, StatusCodes.Status409Conflict, context);
        problem.Extensions["warning"] = WarningJson.Of(suspicious.Warning);
        return Results.Problem(problem);
    }

    private static async Task<IResult> ImportAsync(HttpContext context, ImportPrices import, CancellationToken cancellationToken)
    {
        var query = context.Request.Query;
        if (CatalogueFormats.Parse(query["format"]) is not { } format) return Problems.Invalid("format is one of genai-prices, litellm.", context);
        var (validFrom, ok) = Time(query, "validFrom", DateTimeOffset.MinValue);
        if (!ok) return Problems.Invalid("validFrom is not an ISO 8601 time or date.", context);
        string encoding = context.Request.Headers.ContentEncoding.ToString();
        if (encoding is not ("" or "identity" or "gzip")) return Problems.Invalid($"Content-Encoding \"{encoding}\" is not supported: send gzip or none.", context);
        await using var body = encoding == "gzip" ? new GZipStream(context.Request.Body, CompressionMode.Decompress) : context.Request.Body;
        var catalogue = await ReadAsync(format, body, Text(query, "validFrom") is null ? null : validFrom, cancellationToken);
        if (!catalogue.Ok) return Problems.From(catalogue.Error, catalogue.Error is CatalogueTooLarge ? 413 : 400, context);
        var preview = query["preview"] == "true";
        var caller = Caller.Of(context);
        var result = preview ? await import.PreviewAsync(catalogue.Value, caller, cancellationToken) : await import.ExecuteAsync(format, catalogue.Value, caller, cancellationToken);
        return result.Ok ? Results.Ok(PriceImportJson.Of(result.Value, preview)) : Problems.From(result.Error, StatusOf(result.Error), context);
    }

    private static async Task<Result<CatalogueReading>> ReadAsync(CatalogueFormat format, Stream body, DateTimeOffset? validFrom, CancellationToken cancellationToken)
    {
        try
        {
            return await ImportPrices.ReadAsync(format, body, validFrom, cancellationToken);
        }
        catch (BadHttpRequestException error) when (error.StatusCode == StatusCodes.Status413PayloadTooLarge)
        {
            return new CatalogueTooLarge();
        }
    }

    /// <summary>Where the caller may, or what of that lies within the tenant that the query names.</summary>
    private static Result<Reach> Within(HttpContext context, Permission permission)
    {
        var reach = Caller.Of(context).ReachOf(permission);
        if (Text(context.Request.Query, "tenant") is not { } tenant) return reach;
        return reach.Includes(tenant) ? reach.Within(tenant) : new ForeignTenant();
    }

    internal static int StatusOf(Error error) => error is NotAllowed or ForeignTenant ? StatusCodes.Status403Forbidden : StatusCodes.Status400BadRequest;

    internal static string? Text(IQueryCollection query, string name) => query[name].ToString() is { Length: > 0 } text ? text : null;

    internal static int? Limit(IQueryCollection query) =>
        Text(query, "limit") is not { } text ? 100 : int.TryParse(text, out var limit) && limit is >= 1 and <= 1000 ? limit : null;

    private static (DateTimeOffset At, bool Ok) Time(IQueryCollection query, string name, DateTimeOffset otherwise)
    {
        // A plus sign that was not escaped arrives as a space.
        if (Text(query, name)?.Replace(' ', '+') is not { } text) return (otherwise, true);
        return IsoTime.TryParse(text, out var at) ? (at, true) : (otherwise, false);
    }
}
