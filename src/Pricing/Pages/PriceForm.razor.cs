using AgentConsole.Access;
using AgentConsole.Shell;
using Microsoft.AspNetCore.Components;

namespace AgentConsole.Pricing.Pages;

/// <summary>Enters one price; what is a hundred times off the book's is asked about first.</summary>
public sealed partial class PriceForm
{
    private readonly PriceDraft draft = new();
    private string? problem;
    private PriceWarning? warning;
    private PriceRow? saved;
    private bool saving;

    [Parameter, EditorRequired] public required PageUrl Url { get; set; }
    [Inject] private AddPrice Add { get; set; } = null!;
    [Inject] private NavigationManager Navigation { get; set; } = null!;

    protected override void OnInitialized()
    {
        (draft.Provider, draft.Model) = (Url.Text("provider") ?? "", Url.Text("model") ?? "");
        // A price that comes late holds for what was already used.
        draft.ValidFrom = null;
    }

    private async Task SaveAsync(bool confirmed)
    {
        if (saving) return;
        (problem, warning, saved, saving) = (null, null, null, true);
        try
        {
            var row = draft.Read();
            if (!row.Ok) problem = row.Error.Message;
            else await SaveAsync(row.Value, confirmed);
        }
        finally
        {
            saving = false;
        }
    }

    private async Task SaveAsync(PriceRow row, bool confirmed)
    {
        var added = await Add.ExecuteAsync(row, confirmed, Actor.Page, CancellationToken.None);
        if (added.Error is SuspiciousPrice suspicious) warning = suspicious.Warning;
        else if (added.Error is { } error) problem = error.Message;
        else if (Url.Text("then") == PriceTabs.Reprice) Navigation.NavigateTo(PriceTabs.ToReprice(Url, added.Value!.Row.Provider, Url.Text("model") ?? added.Value.Row.Model).ToString());
        else saved = added.Value!.Row;
    }
}
