using AgentConsole.Usage;
using Microsoft.AspNetCore.Components;

namespace AgentConsole.Access.Pages.Tenants;

/// <summary>How long a tenant's requests are kept one by one, and what a shorter time removes.</summary>
public sealed partial class RetentionPanel
{
    private bool isAsked;
    private bool working;
    private int? days;
    private long? removes;
    private string typed = "";
    private string? problem;

    [Parameter, EditorRequired] public required Tenant Tenant { get; set; }
    [Parameter, EditorRequired] public required bool MaySave { get; set; }
    [Parameter] public EventCallback Changed { get; set; }
    [Inject] private CurrentCaller Caller { get; set; } = null!;
    [Inject] private SaveTenant Save { get; set; } = null!;
    [Inject] private UsageQueries Usage { get; set; } = null!;
    [Inject] private TimeProvider Clock { get; set; } = null!;

    private bool MayAct => removes is null or 0 || typed.Trim() == Tenant.TenantId;

    private Task AskAsync()
    {
        (isAsked, days, typed, problem) = (true, Tenant.EventDays, "", null);
        return CountAsync();
    }

    /// <summary>What the number that stands there would remove, as of now.</summary>
    private async Task CountAsync()
    {
        var reach = (await Caller.ReadAsync()).ReachOf(Permission.ReadUsage).Within(Tenant.TenantId);
        removes = days is >= Access.Tenant.MinEventDays and <= Access.Tenant.MaxEventDays
            ? await Usage.CountBeforeAsync(reach, Tenant.TenantId, EventRetention.KeptFrom(days.Value, Clock.GetUtcNow()), CancellationToken.None)
            : null;
    }

    private async Task ActAsync()
    {
        if (working || !MayAct) return;
        working = true;
        try
        {
            // Only what this is about: whatever else somebody changed meanwhile stays.
            var settings = TenantSettings.Of(Tenant) with { KeepsContents = null, ContentDays = null, EventDays = days ?? 0 };
            var saved = await Save.ExecuteAsync(Tenant.TenantId, settings, await Caller.ReadAsync(), CancellationToken.None);
            (problem, isAsked) = (saved.Error?.Message, !saved.Ok);
        }
        finally
        {
            working = false;
        }
        await Changed.InvokeAsync();
    }
}
