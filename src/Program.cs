using AgentConsole;
using AgentConsole.Access;
using AgentConsole.AlertRules;
using AgentConsole.Alerts;
using AgentConsole.Anomalies;
using AgentConsole.Budgets;
using AgentConsole.Demo;
using AgentConsole.Jobs;
using AgentConsole.Limits;
using AgentConsole.Notify;
using AgentConsole.Platform;
using AgentConsole.Platform.Data;
using AgentConsole.Platform.Http;
using AgentConsole.Pricing;
using AgentConsole.Shell;
using AgentConsole.Shell.Search;
using AgentConsole.Usage;
using AgentConsole.Views;

var builder = WebApplication.CreateBuilder(args);
var settings = new Settings(builder.Configuration, builder.Environment);
var platform = PlatformOptions.Read(settings);
builder.AddPlatform(platform);
var edges = EdgeOptions.Read(settings);
builder.AddEdges(edges);
builder.AddAccess(AccessOptions.Read(settings));
builder.AddAlerts(AlertsOptions.Read(settings));
builder.AddNotify(NotifyOptions.Read(settings), platform.Roles.HasFlag(Roles.Jobs));
builder.AddPricing();
builder.AddUsage(UsageOptions.Read(settings));
builder.AddLimits(LimitsOptions.Read(settings), platform);
builder.AddBudgets();
builder.AddAlertRules();
builder.AddAnomalies(AnomaliesOptions.Read(settings));
builder.AddViews();
builder.Services.AddShell(SearchOptions.Read(settings));
builder.AddDemo(DemoOptions.Read(settings));
builder.AddJobs(platform, [.. UsageFeature.Jobs, .. AccessFeature.Jobs, .. AlertsFeature.Jobs, .. NotifyFeature.Jobs, .. BudgetsFeature.Jobs, .. AlertRulesFeature.Jobs, .. AnomaliesFeature.Jobs, .. LimitsFeature.Jobs]);
if (settings.Errors.Count > 0) return Startup.Refuse(settings.Errors);

// What a request waits for comes on a worker of the thread pool already: to hand it on to another costs a wake-up on a busy machine.
builder.WebHost.UseSockets(static sockets => sockets.UnsafePreferInlineScheduling = true);
builder.WebHost.ConfigureKestrel(kestrel => (kestrel.AddServerHeader, kestrel.Limits.MaxRequestBodySize) = (false, edges.BodyBytes));
var app = builder.Build();
var migrateOnly = args.Contains("migrate");
if (await Startup.OpenDatabaseAsync(app, platform, migrateOnly) is { } problem) return Startup.Refuse([problem]);
if (migrateOnly)
{
    await app.DisposeAsync();
    return 0;
}

if (args is [AuditFeature.VerifyCommand, .. var words]) return await app.VerifyAuditAsync(words);
if (args is [AccessFeature.ResetLinkCommand, var email]) return await app.PrintResetLinkAsync(email);

app.UseEdges();
app.UseStatusCodePages();
if (platform.Roles.HasFlag(Roles.Console)) app.UseShell();
app.UseBrokenRequests();
app.UseAuthentication();
app.UseRateLimiter();
app.UseDenials();
app.UseAuthorization();
if (platform.Roles.HasFlag(Roles.Console)) app.UseReachOfPages();
app.MapPlatform();
if (platform.Roles.HasFlag(Roles.Console))
{
    app.MapUsage();
    app.MapPricing();
    app.MapLimits();
    app.MapAccess();
    app.MapBudgets();
    app.MapAlertRules();
    app.MapAnomalies();
    app.MapNotify();
    app.MapJobs();
    app.MapShell(AccessFeature.PagesPolicy);
}
return await Startup.RunAsync(app);
