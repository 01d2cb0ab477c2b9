using AgentConsole.Access;
using AgentConsole.Shell;
using AgentConsole.Usage;
using Microsoft.AspNetCore.Components;
using Npgsql;

namespace AgentConsole.Limits.Pages;

/// <summary>The switch: says in numbers what it stops, asks once, and sets a limit of nothing.</summary>
public sealed partial class StopForm
{
    private string tenant = "";
    private string of = "user";
    private string name = "";
    private string reason = "";
    private string typed = "";
    private DateTime? ends;
    private string? says;
    private string? problem;
    private bool busy;
    private bool isFilled;

    [Parameter, EditorRequired] public required LimitsView View { get; set; }
    [Parameter, EditorRequired] public required PageUrl Url { get; set; }
    [Parameter, EditorRequired] public required TimeZoneInfo Zone { get; set; }
    /// <summary>The tenant looked at, which is offered first.</summary>
    [Parameter] public string? Tenant { get; set; }
    [Parameter] public EventCallback<LimitDeed> OnDone { get; set; }
    [Inject] private CurrentCaller Caller { get; set; } = null!;
    [Inject] private UsageQueries Usage { get; set; } = null!;
    [Inject] private CreateLimit Create { get; set; } = null!;
    [Inject] private ILogger<StopForm> Log { get; set; } = null!;

    private string Who => of == "tenant" ? tenant : $"{of} {Format.Middle(name.Trim(), 32)}";

    private LimitScope Scope => of switch { "user" => new(tenant, User: name), "key" => new(tenant, Key: name), _ => new(tenant) };

    protected override void OnParametersSet()
    {
        if (isFilled) return;
        isFilled = true;
        tenant = View.Places.Any(place => place.Id == Tenant) ? Tenant! : View.Places.Count > 0 ? View.Places[0].Id : "";
        (of, name) = Url.Text("user") is { } user ? ("user", user) : Url.Text("key") is { } key ? ("key", key) : ("user", "");
    }

    private void Touch() => (says, problem, typed) = (null, null, "");

    private Task LookAsync() => GuardedAsync(async caller =>
    {
        Touch();
        var filter = UsageFilter.None.With(Dimension.Tenant, tenant);
        if (of != "tenant") filter = filter.With(of == "user" ? Dimension.User : Dimension.Key, name.Trim());
        var total = (await Usage.BreakdownAsync(caller.ReachOf(Permission.ReadLimits).Within(tenant), new(View.Now.AddDays(-1), View.Now, TimeZoneInfo.Utc, Grain.Total, [], filter) { Percentiles = false }, CancellationToken.None)).Total;
        says = total.Requests == 0
            ? $"{Who} has sent nothing in the last 24 hours: look whether the name is right."
            : $"{Who} sent {Format.Count(total.Requests)} {(total.Requests == 1 ? "request" : "requests")} for {(total.CostKnown ? Format.Money(total.Cost) : "an unknown amount")} in the last 24 hours: such requests are refused from now on.";
    });

    private Task StopAsync() => GuardedAsync(async caller =>
    {
        DateTimeOffset? end = ends is { } at ? new(at, Zone.GetUtcOffset(at)) : null;
        var made = await Create.ExecuteAsync(new(Scope, LimitMeasure.Concurrency, 0, null, LimitAction.Block, end, reason), caller, CancellationToken.None);
        if (made.Ok) await OnDone.InvokeAsync(new($"{Who} is stopped{(end is { } until ? $" until {Format.DateTime(until, Zone)}" : "")}. It holds on every node within two seconds.", [made.Value.Id], []));
        else problem = made.Error is LimitExists ? $"{Who} is stopped already." : made.Error.Message;
    });

    private async Task GuardedAsync(Func<Caller, Task> act)
    {
        if (busy) return;
        busy = true;
        try
        {
            await act(await Caller.ReadAsync());
        }
        catch (NpgsqlException error)
        {
            LogFailed(Log, error);
            problem = "The store did not confirm it. Look at the list, then try again.";
        }
        finally
        {
            busy = false;
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "A stop could not be looked into or set")]
    private static partial void LogFailed(ILogger logger, Exception error);
}
