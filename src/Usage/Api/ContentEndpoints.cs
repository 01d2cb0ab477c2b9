using AgentConsole.Access;
using AgentConsole.Platform;
using AgentConsole.Platform.Http;

namespace AgentConsole.Usage.Api;

/// <summary>What was said in a request, over HTTP. Each answer is in the tenant's audit.</summary>
internal static class ContentEndpoints
{
    public static void Map(IEndpointRouteBuilder app) =>
        app.MapGroup("/api/v1").RequireAuthorization(Permission.ReadContent.Policy()).WithTags("Reading")
            .MapGet("/requests/{tenant}/{id}/content", FindAsync)
            .WithSummary("The texts of one request, where its tenant stores them: message by message, at most 64 KB a side. Whoever reads them is in the tenant's audit; 404 says why there are none.")
            .Produces<ContentJson>().ProducesProblem(401).ProducesProblem(403).ProducesProblem(404);

    private static async Task<IResult> FindAsync(string tenant, string id, string? source, HttpContext context, RevealContent reveal, CancellationToken cancellationToken)
    {
        var caller = Caller.Of(context);
        if (source?.Contains('\0') == true || id.Contains('\0') || !Tenant.IsValidId(tenant) || !caller.Can(Permission.ReadContent, tenant)) return Problems.From(new UnknownRequest(tenant, id), 404, context);
        var found = await reveal.ExecuteAsync(tenant, id, source, caller, cancellationToken);
        if (found.Error is UnknownRequest && UsageEndpoints.WithSlashes(id) is var written && written != id) found = await reveal.ExecuteAsync(tenant, written, source, caller, cancellationToken);
        // Neither a browser nor a proxy keeps it.
        context.Response.Headers.CacheControl = "no-store";
        return found.Ok ? Results.Ok(ContentJson.Of(found.Value)) : Problems.From(found.Error, StatusCodes.Status404NotFound, context);
    }
}

/// <param name="ExpiresAt">When nobody sees it any more.</param>
internal sealed record ContentJson(ContentSideJson? Input, ContentSideJson? Output, DateTimeOffset StoredAt, DateTimeOffset ExpiresAt)
{
    public static ContentJson Of(RequestContent content) => new(ContentSideJson.Of(content.Input), ContentSideJson.Of(content.Output), content.StoredAt, content.ExpiresAt);
}

/// <param name="Bytes">Of the texts as they came.</param>
/// <param name="Cut">Whether what is beyond 64 KB is missing.</param>
internal sealed record ContentSideJson(IReadOnlyList<ContentMessage> Messages, long Bytes, bool Cut)
{
    public static ContentSideJson? Of(ContentSide? side) => side is null ? null : new(side.Messages, side.Bytes, side.IsCut);
}
