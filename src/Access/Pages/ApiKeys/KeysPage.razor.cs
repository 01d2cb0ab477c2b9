using AgentConsole.Platform.Data;
using AgentConsole.Shell;
using Microsoft.AspNetCore.Components;

namespace AgentConsole.Access.Pages.ApiKeys;

/// <summary>Which keys there are, what they may do and when they were last used; makes, rotates and ends them.</summary>
public sealed partial class KeysPage
{
    private const int PageSize = 100;

    [Inject] private CurrentCaller Caller { get; set; } = null!;
    [Inject] private KeyQueries Keys { get; set; } = null!;
    [Inject] private ITenantChoices Choices { get; set; } = null!;

    private bool IsCreating => Url["tab"] == KeyLinks.Create && Data is { MayCreate: true };

    protected override IReadOnlyList<string> ListensTo => [Topics.Access];

    protected override bool Owns(PageUrl url) => url.Path == Links.Keys;

    protected override async Task<KeysView> PullAsync(CancellationToken cancellationToken)
    {
        var (url, caller) = (Url, await Caller.ReadAsync());
        var page = await Keys.ListAsync(Frame.Reach, Query(url), cancellationToken);
        var selected = url.Text("key") is { } id ? await Keys.FindAsync(Frame.Reach, id, cancellationToken) : null;
        IReadOnlyList<TenantChoice> places = url["tab"] == KeyLinks.Create ? await Choices.ListAsync(caller.ReachOf(Permission.ManageKeys), cancellationToken) : [];
        return new(page, selected, places, caller, Clock.GetUtcNow());
    }

    private static KeyQuery Query(PageUrl url)
    {
        bool? live = url["status"] switch { "all" => null, "over" => false, _ => true };
        var cursor = url.Text("cursor") is { } text && KeyQueries.IsCursor(text) ? text : null;
        return new(null, live, url["status"] == "expiring", url.Text("search")?.Replace("\0", "", StringComparison.Ordinal), cursor, PageSize);
    }
}
