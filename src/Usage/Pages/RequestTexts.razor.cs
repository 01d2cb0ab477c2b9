using System.Text;
using AgentConsole.Access;
using AgentConsole.Shell;
using Microsoft.AspNetCore.Components;

namespace AgentConsole.Usage.Pages;

/// <summary>
/// What was said in a request, folded, for those who may read it; for everybody else it is not there at all. The texts are read when it is opened and not before, and whoever opens it is in
/// the audit. A right that is taken away takes them off the page.
/// </summary>
public sealed partial class RequestTexts : IDisposable
{
    private bool mayRead;
    private bool isOpen;
    private bool opening;
    private RequestContent? content;
    private string? problem;
    private (string Tenant, string Id, string Source) shown;
    private IDisposable? rights;

    [Parameter, EditorRequired] public required UsageEvent Event { get; set; }
    [Parameter, EditorRequired] public required TimeZoneInfo Zone { get; set; }
    [Inject] private CurrentCaller Caller { get; set; } = null!;
    [Inject] private RevealContent Reveal { get; set; } = null!;

    protected override void OnInitialized() => rights = ((IVisitor)Caller).Follow(() => _ = InvokeAsync(CheckAsync));

    protected override async Task OnParametersSetAsync()
    {
        var asked = (Event.TenantId, Event.Id, Event.Source);
        if (asked != shown) Fold();
        shown = asked;
        await CheckAsync();
    }

    private async Task CheckAsync()
    {
        mayRead = (await Caller.ReadAsync()).Can(Permission.ReadContent, Event.TenantId);
        if (!mayRead) Fold();
        StateHasChanged();
    }

    private async Task ToggleAsync()
    {
        if (opening) return;
        if (isOpen)
        {
            Fold();
            return;
        }
        opening = true;
        try
        {
            var (asked, revealed) = (shown, await Reveal.ExecuteAsync(Event.TenantId, Event.Id, Event.Source, await Caller.ReadAsync(), CancellationToken.None));
            if (asked == shown) (content, problem, isOpen) = (revealed.Value, revealed.Error?.Message, true);
        }
        finally
        {
            opening = false;
        }
    }

    /// <summary>Folded, they are not in the page either.</summary>
    private void Fold() => (content, problem, isOpen) = (null, null, false);

    private static string? Label(ContentPart part) => part.Kind switch
    {
        ContentKinds.ToolCall => $"calls {part.Name}",
        ContentKinds.ToolResult => part.Name is null ? "tool result" : $"result of {part.Name}",
        ContentKinds.Reasoning => "reasoning",
        ContentKinds.Media => "media",
        ContentKinds.Other => "as it came",
        _ => null,
    };

    private static string AsText(ContentSide side)
    {
        var text = new StringBuilder();
        foreach (var message in side.Messages)
        {
            text.Append(message.Role).Append(":\n");
            foreach (var part in message.Parts) text.Append(Label(part) is { } label ? $"[{label}] " : "").Append(part.Text).Append('\n');
            text.Append('\n');
        }
        return text.ToString().TrimEnd();
    }

    public void Dispose() => rights?.Dispose();
}
