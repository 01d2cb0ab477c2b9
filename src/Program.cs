using AgentConsole;
using AgentConsole.Access;
using AgentConsole.Demo;
using AgentConsole.Jobs;
using AgentConsole.Platform;
using AgentConsole.Platform.Data;
using AgentConsole.Pricing;
using AgentConsole.Shell;
using AgentConsole.Usage;

var builder = WebApplication.CreateBuilder(args);
builder.WebHost.ConfigureKestrel(static kestrel => kestrel.AddServerHeader = false);

var settings = new Settings(builder.Configuration, builder.Environment);
var platform = PlatformOptions.Read(settings);
builder.AddPlatform(platform);
builder.AddAccess(AccessOptions.Read(settings));
builder.AddPricing();
builder.AddUsage(UsageOptions.Read(settings));
builder.Services.AddShell();
builder.AddDemo(DemoOptions.Read(settings));
builder.AddJobs(platform, [.. UsageFeature.Jobs]);
if (settings.Errors.Count > 0) return Startup.Refuse(settings.Errors);

var app = builder.Build();
var migrateOnly = args.Contains("migrate");
if (await Startup.OpenDatabaseAsync(app, platform, migrateOnly) is { } problem) return Startup.Refuse([problem]);
if (migrateOnly)
{
    await app.DisposeAsync();
    return 0;
}

app.UseExceptionHandler();
app.UseStatusCodePages();
if (platform.Roles.HasFlag(Roles.Console)) app.UseShell();
app.UseAuthentication();
app.UseAuthorization();
app.MapPlatform();
if (platform.Roles.HasFlag(Roles.Console))
{
    app.MapUsage();
    app.MapPricing();
    app.MapShell(AccessFeature.PagesPolicy);
}
return await Startup.RunAsync(app);
