using System.Globalization;
using AgentConsole.Platform.Data;
using AgentConsole.Shell;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Forms;
using Npgsql;

namespace AgentConsole.Usage.Pages;

/// <summary>Takes a provider's cost file and shows where it differs from the ledger.</summary>
public sealed partial class InvoiceCheck
{
    private const long MaxBytes = 20 * 1024 * 1024;
    private const int MostRows = 500;
    private const int MostProviders = 50;

    private bool _reading;
    private (Reach Reach, string? Provider)? _of;
    private IReadOnlyList<string> _providers = [];
    private string? _name;
    private string? _problem;
    private InvoiceComparison? _comparison;

    [Inject] private CompareInvoice Compare { get; set; } = null!;
    [Inject] private ILogger<InvoiceCheck> Logger { get; set; } = null!;

    [Inject] private UsageQueries Queries { get; set; } = null!;
    [Inject] private NavigationManager Navigation { get; set; } = null!;

    [Parameter, EditorRequired] public required PageUrl Url { get; set; }
    /// <summary>Whose ledger the invoice is held against.</summary>
    [Parameter, EditorRequired] public required Reach Reach { get; set; }

    /// <summary>Whose part of the ledger counts: others' models are not on this provider's invoice.</summary>
    private string? Provider => Url.Text("provider");

    private string Whose => string.Join(" at ", new[] { Reach.IsPlatform ? null : string.Join(", ", Reach.Tenants), Provider }.OfType<string>());

    /// <summary>One that the URL names is offered even when nothing of it was used lately.</summary>
    private IEnumerable<string> Providers => Provider is { } named && !_providers.Contains(named) ? _providers.Append(named) : _providers;

    /// <summary>What was compared with another part of the ledger says nothing of this one.</summary>
    protected override async Task OnParametersSetAsync()
    {
        if (_of == (Reach, Provider)) return;
        (_of, _comparison, _problem) = ((Reach, Provider), null, null);
        try
        {
            _providers = await Queries.ListValuesAsync(Reach, Dimension.Provider, MostProviders, CancellationToken.None);
        }
        catch (NpgsqlException error)
        {
            LogUnreadable(Logger, error);
        }
    }

    private void Choose(ChangeEventArgs chosen)
    {
        var url = Url.Without("provider");
        Navigation.NavigateTo((chosen.Value is string { Length: > 0 } provider ? url.With("provider", provider) : url).ToString());
    }

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
            var of = _of;
            var filter = Provider is null ? UsageFilter.None : UsageFilter.None.With(Dimension.Provider, Provider);
            var compared = await Compare.ExecuteAsync(file, Reach, filter, CancellationToken.None);
            if (of == _of) (_comparison, _problem) = (compared.Value, compared.Error?.Message);
        }
        catch (NpgsqlException error)
        {
            LogUnreadable(Logger, error);
            _problem = "The ledger could not be read. Try again.";
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

    [LoggerMessage(Level = LogLevel.Warning, Message = "An invoice could not be compared")]
    private static partial void LogUnreadable(ILogger logger, Exception error);
}
