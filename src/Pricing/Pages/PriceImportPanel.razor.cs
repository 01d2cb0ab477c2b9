using AgentConsole.Access;
using AgentConsole.Shell;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Forms;

namespace AgentConsole.Pricing.Pages;

/// <summary>A catalogue from a file: read, compared, shown, and only then applied.</summary>
public sealed partial class PriceImportPanel : IDisposable
{
    private const int Shown = 500;

    private readonly CancellationTokenSource gone = new();
    private string format = CatalogueFormat.GenaiPrices.Name();
    private DateOnly? validFrom;
    private CatalogueReading? catalogue;
    private CatalogueFormat readAs;
    private PriceImport? preview;
    private PriceImport? done;
    private string? problem;
    private string file = "";
    private string doing = "";
    private bool busy;
    private int round;

    [Parameter, EditorRequired] public required PageUrl Url { get; set; }
    [Inject] private ImportPrices Import { get; set; } = null!;

    private async Task ReadAsync(InputFileChangeEventArgs chosen)
    {
        (catalogue, preview, problem, done) = (null, null, null, null);
        (file, busy, doing) = (chosen.File.Name, true, $"Reading {chosen.File.Name}…");
        try
        {
            await ReadAsync(chosen.File);
        }
        catch (IOException)
        {
            problem = "The file is over 32 MB, or could not be read to its end.";
        }
        finally
        {
            busy = false;
        }
    }

    private async Task ReadAsync(IBrowserFile chosen)
    {
        readAs = CatalogueFormats.Parse(format)!.Value;
        await using var stream = chosen.OpenReadStream(ImportPrices.MaxBytes, gone.Token);
        var from = validFrom is { } day ? new DateTimeOffset(day.ToDateTime(TimeOnly.MinValue), TimeSpan.Zero) : (DateTimeOffset?)null;
        var read = await ImportPrices.ReadAsync(readAs, stream, from, gone.Token);
        if (!read.Ok)
        {
            problem = read.Error.Message;
            return;
        }
        catalogue = read.Value;
        preview = await Import.PreviewAsync(catalogue, gone.Token);
    }

    /// <summary>Compared anew: what is applied is what the book lacks now, even if it has changed since the preview.</summary>
    private async Task ApplyAsync()
    {
        if (busy || catalogue is null) return;
        (busy, doing) = (true, "Applying…");
        try
        {
            done = await Import.ExecuteAsync(readAs, catalogue, Actor.Page, CancellationToken.None);
            Forget();
        }
        finally
        {
            busy = false;
        }
    }

    private void Forget()
    {
        (catalogue, preview, problem) = (null, null, null);
        round++;
    }

    public void Dispose()
    {
        gone.Cancel();
        gone.Dispose();
    }
}
