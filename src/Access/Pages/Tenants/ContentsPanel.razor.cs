using AgentConsole.Shell;
using AgentConsole.Usage;
using Microsoft.AspNetCore.Components;

namespace AgentConsole.Access.Pages.Tenants;

/// <summary>Whether a tenant's prompts and completions are stored, what that means, and the ways to begin and to end it.</summary>
public sealed partial class ContentsPanel
{
    private enum Deed { Start, Days, Stop, Delete }

    private const string Readers = "The tenant's admins and operators can read it on the request's page, and each reading is in the audit; viewers, support and exports never have it.";

    private Deed deed;
    private bool isAsked;
    private bool working;
    private bool deleteToo;
    private int days;
    private ContentSize? size;
    private string? problem;
    private string? done;

    [Parameter, EditorRequired] public required Tenant Tenant { get; set; }
    [Parameter, EditorRequired] public required TimeZoneInfo Zone { get; set; }
    [Parameter, EditorRequired] public required bool MaySave { get; set; }
    [Parameter] public EventCallback Changed { get; set; }
    [Inject] private CurrentCaller Caller { get; set; } = null!;
    [Inject] private SaveTenant Save { get; set; } = null!;
    [Inject] private ContentQueries Contents { get; set; } = null!;
    [Inject] private DeleteContents Delete { get; set; } = null!;

    private string Yes => deed switch
    {
        Deed.Start => "Yes, store them",
        Deed.Days => "Save",
        Deed.Stop => deleteToo ? "Yes, stop and delete" : "Yes, stop storing",
        Deed.Delete => "Yes, delete them",
        _ => throw new ArgumentOutOfRangeException(nameof(deed)),
    };

    private string Stored => size is { Requests: > 0 }
        ? $"The texts of {Requests(size.Requests)} are stored, {Format.Bytes(size.Bytes)}."
        : "No texts are stored.";

    private static string Requests(long count) => count == 1 ? "1 request" : $"{Format.Count(count)} requests";

    private static string Days(int count) => count == 1 ? "1 day" : $"{count} days";

    /// <summary>The numbers of the question are read when it is asked: over many texts they take a while.</summary>
    private async Task AskAsync(Deed asked)
    {
        (problem, done, deleteToo, days, size) = (null, null, false, Tenant.ContentDays, null);
        if (asked is Deed.Stop or Deed.Delete)
            size = await Contents.SizeAsync((await Caller.ReadAsync()).ReachOf(Permission.ManageTenant).Within(Tenant.TenantId), Tenant.TenantId, CancellationToken.None);
        (deed, isAsked) = (asked, true);
    }

    private async Task ActAsync()
    {
        if (working) return;
        working = true;
        try
        {
            await ActAsync(await Caller.ReadAsync());
        }
        finally
        {
            working = false;
        }
        await Changed.InvokeAsync();
    }

    private async Task ActAsync(Caller caller)
    {
        if (deed != Deed.Delete)
        {
            // Only what this is about: whatever else somebody changed meanwhile stays.
            var settings = TenantSettings.Of(Tenant) with { EventDays = null, KeepsContents = deed switch { Deed.Start => true, Deed.Stop => false, _ => null }, ContentDays = deed == Deed.Stop ? null : days };
            var saved = await Save.ExecuteAsync(Tenant.TenantId, settings, caller, CancellationToken.None);
            problem = saved.Error?.Message;
            if (!saved.Ok) return;
            done = deed switch { Deed.Start => "Texts are stored from now on.", Deed.Stop => "No texts are stored any more.", _ => "Saved." };
        }
        isAsked = false;
        if (deed != Deed.Delete && !deleteToo) return;
        var deleted = await Delete.ExecuteAsync(Tenant.TenantId, caller, CancellationToken.None);
        problem = deleted.Error?.Message;
        if (deleted.Ok) done = $"{done} The texts of {Requests(deleted.Value.Requests)} were deleted, {Format.Bytes(deleted.Value.Bytes)}.".Trim();
    }
}
