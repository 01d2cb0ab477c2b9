using System.Globalization;
using AgentConsole.Shell;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Forms;

namespace AgentConsole.Usage.Pages;

/// <summary>Takes a provider's cost file and shows where it differs from the ledger.</summary>
public sealed partial class InvoiceCheck
{
    private const long MaxBytes = 20 * 1024 * 1024;
    private const int MostRows = 500;

    private bool _reading;
    private string? _name;
    private string? _problem;
    private InvoiceComparison? _comparison;

    [Inject] private CompareInvoice Compare { get; set; } = null!;
    [Inject] private ILogger<InvoiceCheck> Logger { get; set; } = null!;

    [Parameter] public string? Tenant { get; set; }

    private static string Day(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private async Task ReadAsync(InputFileChangeEventArgs change)
    {
        (_reading, _problem, _comparison, _name) = (true, null, null, change.File.Name);
        try
        {
            if (change.File.Size > MaxBytes)
            {
                _problem = "The file is over 20 MB.";
                return;
            }
            await using var file = change.File.OpenReadStream(MaxBytes);
            var filter = Tenant is null ? UsageFilter.None : UsageFilter.None.With(Dimension.Tenant, Tenant);
            var compared = await Compare.ExecuteAsync(file, filter, CancellationToken.None);
            (_comparison, _problem) = (compared.Value, compared.Error?.Message);
        }
        catch (Exception error) when (error is IOException or CsvHelper.CsvFormatException or CsvHelper.CsvValidationException)
        {
            LogUnreadable(Logger, error);
            _problem = "The file could not be read to its end.";
        }
        finally
        {
            _reading = false;
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "An invoice could not be read")]
    private static partial void LogUnreadable(ILogger logger, Exception error);
}
