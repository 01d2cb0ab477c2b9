using AgentConsole.Platform;
using AgentConsole.Platform.Http;

namespace AgentConsole.Access.Api;

/// <summary>Tenants over HTTP. A tenant's key sees and changes its own alone; any other is not found.</summary>
internal static class TenantEndpoints
{
    private const string NewExample = """{"slug":"acme","name":"Acme","timeZone":"Europe/Paris"}""";
    private const string SettingsExample = """{"name":"Acme","timeZone":"Europe/Paris","contact":"ops@acme.example","currency":"EUR","usdRate":"0.92","keepsContents":false,"contentDays":30,"eventDays":0}""";

    public static void Map(IEndpointRouteBuilder app)
    {
        var read = app.MapGroup("/api/v1/tenants").RequireAuthorization(Permission.ReadTenants.Policy()).WithTags("Access");
        read.MapGet("", ListAsync).WithSummary("Tenants within reach, by slug.").WithQuery(AccessParameters.Tenants)
            .Produces<TenantListJson>().ProducesProblem(400).ProducesProblem(401).ProducesProblem(403);
        read.MapGet("/{slug}", FindAsync).WithSummary("One tenant.").Produces<TenantJson>().ProducesProblem(401).ProducesProblem(403).ProducesProblem(404);

        app.MapGroup("/api/v1/tenants").RequireAuthorization(Permission.ManageTenant.Policy()).WithTags("Access").DisableAntiforgery()
            .MapPut("/{slug}", SaveAsync).WithSummary("Changes a tenant's settings; a contact or currency left out is taken away, whether and how long texts and requests are kept stays as it is. Days are cut in the new zone at once.")
            .WithBody("currency and usdRate go together: units of the currency for one USD, for showing only. keepsContents stores prompts and completions from now on, or no more; contentDays (1 to 365) is how long. eventDays (7 to 3650, 0: for ever) is how long requests are kept one by one; their sums stay.", SettingsExample, "application/json")
            .Produces<TenantJson>().ProducesProblem(400).ProducesProblem(401).ProducesProblem(403).ProducesProblem(404);

        var manage = app.MapGroup("/api/v1/tenants").RequireAuthorization(Permission.ManageTenants.Policy()).WithTags("Access").DisableAntiforgery();
        manage.MapPost("", CreateAsync).WithSummary("Creates a tenant.").WithBody("timeZone is an IANA id, default UTC.", NewExample, "application/json")
            .Produces<TenantJson>(201).ProducesProblem(400).ProducesProblem(401).ProducesProblem(403).ProducesProblem(409);
        manage.MapPost("/{slug}/suspend", SuspendAsync).WithSummary("Takes no usage in for the tenant any more: it is answered 403. What there is stays readable.")
            .Produces<TenantJson>().ProducesProblem(401).ProducesProblem(403).ProducesProblem(404);
        manage.MapPost("/{slug}/resume", ResumeAsync).WithSummary("Ends a suspension.").Produces<TenantJson>().ProducesProblem(401).ProducesProblem(403).ProducesProblem(404);
    }

    private static async Task<IResult> ListAsync(HttpContext context, TenantQueries tenants, CancellationToken cancellationToken)
    {
        var query = new ListQuery(context);
        if (query.Limit is not { } limit) return Problems.Invalid("limit is not a whole number from 1 to 1000.", context);
        if (query.Text("status") is not (null or "active" or "suspended")) return Problems.Invalid("status is one of active, suspended.", context);
        bool? suspended = query.Text("status") is { } status ? status == "suspended" : null;
        var reach = Caller.Of(context).ReachOf(Permission.ReadTenants);
        return Results.Ok(TenantListJson.Of(await tenants.ListAsync(reach, new(query.Text("search"), suspended, query.Text("cursor"), limit), cancellationToken)));
    }

    private static async Task<IResult> FindAsync(string slug, HttpContext context, TenantQueries tenants, CancellationToken cancellationToken) =>
        Tenant.IsValidId(slug) && await tenants.FindAsync(Caller.Of(context).ReachOf(Permission.ReadTenants), slug, cancellationToken) is { } tenant
            ? Results.Ok(TenantJson.Of(tenant))
            : KeyEndpoints.Refuse(new UnknownTenant(slug), context);

    private static async Task<IResult> CreateAsync(HttpContext context, CreateTenant create, CancellationToken cancellationToken)
    {
        var read = await JsonBody.ReadAsync(context, cancellationToken);
        if (!read.Ok) return KeyEndpoints.Refuse(read.Error, context);
        var body = read.Value;
        var (slug, name, zone) = (body.RequiredText("slug"), body.RequiredText("name"), body.Text("timeZone") ?? "UTC");
        if (body.Error is { } error) return KeyEndpoints.Refuse(error, context);
        var made = await create.ExecuteAsync(slug!, name!, zone, Caller.Of(context), cancellationToken);
        return made.Ok ? Results.Json(TenantJson.Of(made.Value), statusCode: StatusCodes.Status201Created) : KeyEndpoints.Refuse(made.Error, context);
    }

    private static async Task<IResult> SaveAsync(string slug, HttpContext context, SaveTenant save, CancellationToken cancellationToken)
    {
        var caller = Caller.Of(context);
        if (!Tenant.IsValidId(slug) || !caller.Can(Permission.ManageTenant, slug)) return KeyEndpoints.Refuse(new UnknownTenant(slug), context);
        var read = await JsonBody.ReadAsync(context, cancellationToken);
        if (!read.Ok) return KeyEndpoints.Refuse(read.Error, context);
        var body = read.Value;
        var (name, zone) = (body.RequiredText("name"), body.RequiredText("timeZone"));
        var (contact, currency, rate) = (body.NullableText("contact"), body.NullableText("currency"), body.NullableDecimal("usdRate"));
        var (keeps, days, eventDays) = (body.NullableFlag("keepsContents"), body.NullableInteger("contentDays"), body.NullableInteger("eventDays"));
        return body.Error is { } error
            ? KeyEndpoints.Refuse(error, context)
            : Answer(await save.ExecuteAsync(slug, new(name!, zone!, contact, currency, rate, keeps, days, eventDays), caller, cancellationToken), context);
    }

    private static async Task<IResult> SuspendAsync(string slug, HttpContext context, SuspendTenant suspend, CancellationToken cancellationToken) =>
        Answer(Tenant.IsValidId(slug) ? await suspend.ExecuteAsync(slug, Caller.Of(context), cancellationToken) : new UnknownTenant(slug), context);

    private static async Task<IResult> ResumeAsync(string slug, HttpContext context, ResumeTenant resume, CancellationToken cancellationToken) =>
        Answer(Tenant.IsValidId(slug) ? await resume.ExecuteAsync(slug, Caller.Of(context), cancellationToken) : new UnknownTenant(slug), context);

    private static IResult Answer(Result<Tenant> tenant, HttpContext context) =>
        tenant.Ok ? Results.Ok(TenantJson.Of(tenant.Value)) : KeyEndpoints.Refuse(tenant.Error, context);
}
