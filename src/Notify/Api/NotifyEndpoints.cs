using AgentConsole.Access;
using AgentConsole.Platform;
using AgentConsole.Platform.Data;
using AgentConsole.Platform.Http;

namespace AgentConsole.Notify.Api;

/// <summary>Channels and deliveries over HTTP. A tenant's key sees and changes its own alone; any other is not found.</summary>
internal static class NotifyEndpoints
{
    private const string Example = """{"tenant":"acme","name":"on call","kind":"webhook","target":"https://hooks.example.com/console"}""";

    private static readonly QueryParameter OfTenant = new("tenant", "Only of this tenant. Default: all within reach.");

    private static readonly QueryParameter[] DeliveryParameters =
    [
        OfTenant, new("state", "Only those in this state.", Values: ["waiting", "delivered", "givenUp"]), new("channel", "Only those to this channel.", Format: "uuid"),
        new("cursor", "nextCursor of the page before."), new("limit", "1 to 1000, default 100.", Format: "int32"),
    ];

    public static void Map(IEndpointRouteBuilder app)
    {
        var read = app.MapGroup("/api/v1").RequireAuthorization(Permission.ReadBudgets.Policy()).WithTags("Channels and deliveries");
        read.MapGet("/channels", ListAsync).WithSummary("Channels, by name; never where exactly they lead, nor their secrets.").WithQuery(OfTenant).Produces<ChannelListJson>().ProducesProblem(401).ProducesProblem(403);
        read.MapGet("/deliveries", ListDeliveriesAsync).WithSummary("What was sent, newest first, with the last attempts.").WithQuery(DeliveryParameters)
            .Produces<DeliveryListJson>().ProducesProblem(400).ProducesProblem(401).ProducesProblem(403);
        read.MapGet("/deliveries/{id:guid}", FindDeliveryAsync).WithSummary("One delivery.").Produces<DeliveryJson>().ProducesProblem(401).ProducesProblem(403).ProducesProblem(404);

        var write = app.MapGroup("/api/v1").RequireAuthorization(Permission.ManageBudgets.Policy()).WithTags("Channels and deliveries").DisableAntiforgery();
        write.MapPost("/channels", CreateAsync).WithSummary("Makes a channel. The secret that a webhook is signed with (Standard Webhooks) is in this answer and never again.")
            .WithBody("kind: webhook, slack or email. target: an http or https address on the public internet, or e-mail addresses by comma.", Example, "application/json")
            .Produces<ChannelJson>(201).ProducesProblem(400).ProducesProblem(401).ProducesProblem(403).ProducesProblem(404).ProducesProblem(409);
        write.MapPut("/channels/{id:guid}", ChangeAsync).WithSummary("Calls a channel by another name, or leads it elsewhere; its kind and its secret stay.")
            .WithBody("target may be left out: it stays as it is.", """{"name":"on call","target":"https://hooks.example.com/other"}""", "application/json")
            .Produces<ChannelJson>().ProducesProblem(400).ProducesProblem(401).ProducesProblem(403).ProducesProblem(404);
        write.MapDelete("/channels/{id:guid}", RemoveAsync).WithSummary("Takes a channel away; what waits for it is given up.").Produces(204).ProducesProblem(401).ProducesProblem(403).ProducesProblem(404);
        write.MapPost("/channels/{id:guid}/rotate", RotateAsync).WithSummary("Gives a webhook a new secret; until the grace is over, both sign.")
            .WithBody("graceMinutes: 0 to 10080, default 60.", """{"graceMinutes":60}""", "application/json")
            .Produces<ChannelJson>(201).ProducesProblem(400).ProducesProblem(401).ProducesProblem(403).ProducesProblem(404).ProducesProblem(409);
        write.MapPost("/channels/{id:guid}/test", TestAsync).WithSummary("Sends a test the way every message goes.").Produces<AskedDeliveryJson>(202).ProducesProblem(401).ProducesProblem(403).ProducesProblem(404);
        write.MapPost("/deliveries/{id:guid}/redeliver", RedeliverAsync).WithSummary("Sends once more what is delivered or given up, under the same webhook-id.")
            .Produces<AskedDeliveryJson>(202).ProducesProblem(401).ProducesProblem(403).ProducesProblem(404).ProducesProblem(409);
    }

    private static async Task<IResult> ListAsync(HttpContext context, ChannelQueries channels, CancellationToken cancellationToken) =>
        ReachOf(context) is { } reach ? Results.Ok(new ChannelListJson([.. (await channels.ListAsync(reach, cancellationToken)).Select(static channel => ChannelJson.Of(channel))], null)) : Refuse(new NotAllowed(), context);

    private static async Task<IResult> ListDeliveriesAsync(HttpContext context, ChannelQueries channels, CancellationToken cancellationToken)
    {
        if (ReachOf(context) is not { } reach) return Refuse(new NotAllowed(), context);
        var (state, channel, cursor, limitText) = (Text(context, "state"), Text(context, "channel"), Text(context, "cursor"), Text(context, "limit"));
        if (state is not null && DeliveryStates.Parse(state) is null) return Problems.Invalid("state is one of waiting, delivered, givenUp.", context);
        if (channel is not null && !Guid.TryParse(channel, out _)) return Problems.Invalid("channel is not an id.", context);
        if (cursor is not null && !Guid.TryParse(cursor, out _)) return Problems.Invalid("cursor is not one that this list gave.", context);
        var limit = 100;
        if (limitText is not null && (!int.TryParse(limitText, out limit) || limit is < 1 or > 1000)) return Problems.Invalid("limit is not a whole number from 1 to 1000.", context);
        var page = await channels.ListDeliveriesAsync(reach, new(DeliveryStates.Parse(state), channel is null ? null : Guid.Parse(channel), cursor is null ? null : Guid.Parse(cursor), limit), cancellationToken);
        return Results.Ok(new DeliveryListJson([.. page.Items.Select(DeliveryJson.Of)], page.Next?.ToString()));
    }

    private static async Task<IResult> FindDeliveryAsync(Guid id, HttpContext context, ChannelQueries channels, CancellationToken cancellationToken) =>
        await channels.FindDeliveryAsync(Caller.Of(context).ReachOf(Permission.ReadBudgets), id, cancellationToken) is { } delivery ? Results.Ok(DeliveryJson.Of(delivery)) : Refuse(new UnknownDelivery(id), context);

    private static async Task<IResult> CreateAsync(HttpContext context, CreateChannel create, CancellationToken cancellationToken)
    {
        var body = await JsonBody.ReadAsync(context, cancellationToken);
        if (!body.Ok) return Refuse(body.Error, context);
        var (tenant, name, kind, target) = (body.Value.Text("tenant") ?? Caller.Of(context).ReachOf(Permission.ManageBudgets).Only, body.Value.RequiredText("name"), body.Value.RequiredText("kind"), body.Value.RequiredText("target"));
        if (body.Value.Error is { } error) return Refuse(error, context);
        if (tenant is null) return Refuse(new InvalidChannel(["tenant is required: whose channel it is."]), context);
        if (!Tenant.IsValidId(tenant)) return Refuse(new InvalidTenantId(tenant), context);
        if (ChannelKinds.Parse(kind) is not { } known) return Refuse(new InvalidChannel(["kind is one of webhook, slack, email."]), context);
        var made = await create.ExecuteAsync(new(tenant, name!, known, target!), Caller.Of(context), cancellationToken);
        return made.Ok ? Results.Json(ChannelJson.Of(made.Value.Channel, made.Value.Secret), statusCode: StatusCodes.Status201Created) : Refuse(made.Error, context);
    }

    private static async Task<IResult> ChangeAsync(Guid id, HttpContext context, ChangeChannel change, CancellationToken cancellationToken)
    {
        var body = await JsonBody.ReadAsync(context, cancellationToken);
        if (!body.Ok) return Refuse(body.Error, context);
        var (name, target) = (body.Value.RequiredText("name"), body.Value.Text("target"));
        if (body.Value.Error is { } error) return Refuse(error, context);
        var changed = await change.ExecuteAsync(id, name!, target, Caller.Of(context), cancellationToken);
        return changed.Ok ? Results.Ok(ChannelJson.Of(changed.Value)) : Refuse(changed.Error, context);
    }

    private static async Task<IResult> RemoveAsync(Guid id, HttpContext context, RemoveChannel remove, CancellationToken cancellationToken)
    {
        var removed = await remove.ExecuteAsync(id, Caller.Of(context), cancellationToken);
        return removed.Ok ? Results.NoContent() : Refuse(removed.Error, context);
    }

    private static async Task<IResult> RotateAsync(Guid id, HttpContext context, RotateChannelSecret rotate, CancellationToken cancellationToken)
    {
        var body = await JsonBody.ReadAsync(context, cancellationToken, optional: true);
        if (!body.Ok) return Refuse(body.Error, context);
        var minutes = body.Value.Integer("graceMinutes", RotateChannelSecret.DefaultGraceMinutes);
        if (body.Value.Error is { } error) return Refuse(error, context);
        var made = await rotate.ExecuteAsync(id, minutes, Caller.Of(context), cancellationToken);
        return made.Ok ? Results.Json(ChannelJson.Of(made.Value.Channel, made.Value.Secret), statusCode: StatusCodes.Status201Created) : Refuse(made.Error, context);
    }

    private static async Task<IResult> TestAsync(Guid id, HttpContext context, TestChannel test, CancellationToken cancellationToken) => Asked(await test.ExecuteAsync(id, Caller.Of(context), cancellationToken), context);

    private static async Task<IResult> RedeliverAsync(Guid id, HttpContext context, RedeliverMessage redeliver, CancellationToken cancellationToken) => Asked(await redeliver.ExecuteAsync(id, Caller.Of(context), cancellationToken), context);

    private static IResult Asked(Result<DeliveryId> asked, HttpContext context) =>
        asked.Ok ? Results.Accepted($"/api/v1/deliveries/{asked.Value.Value}", new AskedDeliveryJson(asked.Value.Value)) : Refuse(asked.Error, context);

    /// <summary>What may be read, of the tenants that the query names; null when it names one that is out of reach.</summary>
    private static Reach? ReachOf(HttpContext context)
    {
        var reach = Caller.Of(context).ReachOf(Permission.ReadBudgets);
        string[] named = [.. context.Request.Query["tenant"].OfType<string>().Where(static tenant => tenant.Length > 0)];
        return named.Length == 0 ? reach : named.All(reach.Includes) ? Reach.Of(named) : null;
    }

    private static string? Text(HttpContext context, string name) => context.Request.Query[name].ToString() is { Length: > 0 } text ? text : null;

    private static IResult Refuse(Error error, HttpContext context) => Problems.From(error, error switch
    {
        NotAllowed => StatusCodes.Status403Forbidden,
        UnknownChannel or UnknownDelivery or UnknownTenant => StatusCodes.Status404NotFound,
        TooManyChannels or ChannelHasNoSecret or DeliveryIsUnderWay => StatusCodes.Status409Conflict,
        BodyTooBig => StatusCodes.Status413PayloadTooLarge,
        _ => StatusCodes.Status400BadRequest,
    }, context);
}
