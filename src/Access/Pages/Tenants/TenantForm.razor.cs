using System.Globalization;
using Microsoft.AspNetCore.Components;

namespace AgentConsole.Access.Pages.Tenants;

/// <summary>A tenant's settings. What is being typed stays when the page around it follows a change.</summary>
public sealed partial class TenantForm
{
    private string name = "";
    private string zone = "";
    private string? contact;
    private string? currency;
    private string? rate;
    private string? problem;
    private bool isSaved;
    private bool saving;

    [Parameter, EditorRequired] public required Tenant Tenant { get; set; }
    [Inject] private CurrentCaller Caller { get; set; } = null!;
    [Inject] private SaveTenant Save { get; set; } = null!;

    protected override void OnInitialized() => Show(Tenant);

    private void Show(Tenant tenant) => (name, zone, contact, currency, rate) =
        (tenant.Name, tenant.TimeZone, tenant.Contact, tenant.Currency, tenant.UsdRate?.ToString("0.######", CultureInfo.InvariantCulture));

    private async Task SaveAsync()
    {
        if (saving) return;
        (problem, isSaved, saving) = (null, false, true);
        try
        {
            decimal? number = decimal.TryParse(rate, NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out var read) ? read : null;
            if (number is null && !string.IsNullOrWhiteSpace(rate)) problem = "The rate is not a number such as 0.92.";
            else await SaveAsync(new TenantSettings(name, zone.Trim(), contact, currency, number));
        }
        finally
        {
            saving = false;
        }
    }

    private async Task SaveAsync(TenantSettings settings)
    {
        var saved = await Save.ExecuteAsync(Tenant.TenantId, settings, await Caller.ReadAsync(), CancellationToken.None);
        (problem, isSaved) = (saved.Error?.Message, saved.Ok);
        if (saved.Ok) Show(saved.Value);
    }
}
