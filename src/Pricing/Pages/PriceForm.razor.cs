using AgentConsole.Access;
using AgentConsole.Shell;
using Microsoft.AspNetCore.Components;
using Npgsql;

namespace AgentConsole.Pricing.Pages;

/// <summary>Enters one price; what is a hundred times off the book's is asked about first.</summary>
public sealed partial class PriceForm
{
    private readonly PriceDraft draft = new();
    private string? problem;
    private (PriceWarning Words, string Price)? warning;
    private PriceRow? saved;
    private bool saving;

    [Parameter, EditorRequired] public required PageUrl Url { get; set; }
    [Inject] private CurrentCaller Caller { get; set; } = null!;
    [Inject] private AddPrice Add { get; set; } = null!;
    [Inject] private NavigationManager Navigation { get; set; } = null!;
    [Inject] private ILogger<PriceForm> Log { get; set; } = null!;

    protected override void OnInitialized()
    {
        (draft.Provider, draft.Model) = (Url.Text("provider") ?? "", Url.Text("model") ?? "");
        // A price that comes late holds for what was already used.
        draft.ValidFrom = null;
    }

    private async Task SaveAsync(bool confirmed)
    {
        if (saving) return;
        // What is confirmed is the very price that was asked about, not what was typed since.
        var asked = warning?.Price;
        (problem, warning, saved, saving) = (null, null, null, true);
        try
        {
            var row = draft.Read();
            if (!row.Ok) problem = row.Error.Message;
            else await SaveAsync(row.Value, confirmed && asked == row.Value.Id);
        }
        catch (NpgsqlException error)
        {
            LogFailed(Log, error);
            problem = "The store did not confirm it. Add it again: a price that is there already is not added twice.";
        }
        finally
        {
            saving = false;
        }
    }

    private async Task SaveAsync(PriceRow row, bool confirmed)
    {
        var added = await Add.ExecuteAsync(row, confirmed, await Caller.ReadAsync(), CancellationToken.None);
        if (added.Error is SuspiciousPrice suspicious) warning = (suspicious.Warning, row.Id);
        else if (added.Error is { } error) problem = error.Message;
        else if (Url.Text("then") == PriceTabs.Reprice) Navigation.NavigateTo(PriceTabs.ToReprice(Url, added.Value!.Row.Provider, Url.Text("model") ?? added.Value.Row.Model).ToString());
        else saved = added.Value!.Row;
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "A price could not be added")]
    private static partial void LogFailed(ILogger logger, Exception error);
}
