using AgentConsole.Shell;
using Microsoft.AspNetCore.Components;

namespace AgentConsole.Access.Pages.ApiKeys;

/// <summary>Creates a key and shows its secret, which is nowhere but here, until the visitor moves on.</summary>
public sealed partial class KeyForm
{
    private readonly HashSet<string> chosen = [Scopes.Ingest];
    private string name = "";
    private string? place;
    private DateOnly? lastDay;
    private string addresses = "";
    private string? problem;
    private NewKey? made;
    private bool creating;

    [Parameter, EditorRequired] public required KeysView View { get; set; }
    [Parameter, EditorRequired] public required PageUrl Url { get; set; }
    /// <summary>The tenant looked at, which is offered first.</summary>
    [Parameter] public string? Tenant { get; set; }
    [Inject] private CurrentCaller Caller { get; set; } = null!;
    [Inject] private CreateKey Create { get; set; } = null!;
    [Inject] private NavigationManager Navigation { get; set; } = null!;

    private IEnumerable<string> Offered => Scopes.All.Where(scope => View.Caller.MayGive(scope, place == KeyQuery.OfPlatform ? null : place ?? ""));

    protected override void OnParametersSet() => place ??= View.Places.FirstOrDefault(choice => choice.Id == Tenant)?.Id ?? (View.Places.Count > 0 ? View.Places[0].Id : null);

    private void Choose(string scope, bool isChosen)
    {
        if (isChosen) chosen.Add(scope);
        else chosen.Remove(scope);
    }

    private async Task CreateAsync()
    {
        if (creating) return;
        (problem, creating) = (null, true);
        try
        {
            if (place is null) problem = "Say whose key it is.";
            else await SaveAsync(place);
        }
        finally
        {
            creating = false;
        }
    }

    private async Task SaveAsync(string of)
    {
        DateTimeOffset? end = lastDay is { } day ? new(day.AddDays(1).ToDateTime(TimeOnly.MinValue), TimeSpan.Zero) : null;
        var allowed = addresses.Split([',', '\n', ' '], StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        var draft = new KeyDraft(of == KeyQuery.OfPlatform ? null : of, name, [.. Offered.Where(chosen.Contains)], end, allowed);
        var result = await Create.ExecuteAsync(draft, await Caller.ReadAsync(), CancellationToken.None);
        (made, problem) = (result.Value, result.Error?.Message);
    }

    private void Close() => Navigation.NavigateTo(KeyLinks.ToList(Url).ToString());
}
