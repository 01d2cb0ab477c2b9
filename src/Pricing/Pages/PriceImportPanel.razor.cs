using AgentConsole.Access;
using AgentConsole.Shell;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Forms;
using Npgsql;

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
    [Inject] private CurrentCaller Caller { get; set; } = null!;
    [Inject] private ImportPrices Import { get; set; } = null!;
    [Inject] private CurrentPrices Current { get; set; } = null!;
    [Inject] private TimeProvider Clock { get; set; } = null!;
    [Inject] private ILogger<PriceImportPanel> Log { get; set; } = null!;

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
        catch (OperationCanceledException) when (gone.IsCancellationRequested)
        {
        }
        catch (NpgsqlException error)
        {
            LogFailed(Log, error);
            problem = "The price book could not be read to compare with. Choose the file again.";
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
        var compared = await Import.PreviewAsync(catalogue, await Caller.ReadAsync(), gone.Token);
        (preview, problem) = (compared.Value, compared.Error?.Message);
    }

    /// <summary>Compared anew: what is applied is what the book lacks now, even if it has changed since the preview.</summary>
    private async Task ApplyAsync()
    {
        if (busy || catalogue is null) return;
        (busy, doing, problem) = (true, "Applying…", null);
        try
        {
            var imported = await Import.ExecuteAsync(readAs, catalogue, await Caller.ReadAsync(), CancellationToken.None);
            Forget();
            (done, problem) = (imported.Value, imported.Error?.Message);
        }
        catch (NpgsqlException error)
        {
            LogFailed(Log, error);
            problem = "The store did not confirm the import. Apply it again: what is there already is not added twice.";
        }
        finally
        {
            busy = false;
        }
    }

    /// <summary>What prices the model until now: what the import replaces, else what it comes before, such as a seed price.</summary>
    private string Now(PriceChange change) => change.Before is { } before
        ? PriceWords.Prices(before)
        : Current.Book.PricedBy(change.Row, Clock.GetUtcNow()) is { } other ? $"{PriceWords.Prices(other)} ({other.Origin.Name()})" : Format.Unknown;

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

    [LoggerMessage(Level = LogLevel.Error, Message = "A catalogue could not be compared or imported")]
    private static partial void LogFailed(ILogger logger, Exception error);
}
