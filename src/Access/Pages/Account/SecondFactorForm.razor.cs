using AgentConsole.Access.Members;
using AgentConsole.Access.SignIn;
using Microsoft.AspNetCore.Components;

namespace AgentConsole.Access.Pages.Account;

public sealed partial class SecondFactorForm
{
    private string? problem;
    private string? done;
    private string[]? codes;
    private string? newKey;
    private bool isOn;

    [CascadingParameter] private OwnAccount Account { get; set; } = null!;
    [CascadingParameter] private HttpContext Context { get; set; } = null!;
    [SupplyParameterFromForm(FormName = "turn-on")] private string? Key { get; set; }
    [SupplyParameterFromForm(FormName = "turn-on")] private string? OnPassword { get; set; }
    [SupplyParameterFromForm(FormName = "turn-on")] private string? Code { get; set; }
    [SupplyParameterFromForm(FormName = "renew-codes")] private string? RenewPassword { get; set; }
    [SupplyParameterFromForm(FormName = "turn-off")] private string? OffPassword { get; set; }
    [Inject] private SecondFactor Factor { get; set; } = null!;

    /// <summary>The one that was offered, when its code did not fit: the app has it already.</summary>
    private string NewKey => newKey ??= Key is { } offered && Totp.IsKey(offered) ? offered : Totp.NewKey();

    protected override void OnInitialized() => isOn = Account.HasSecondFactor;

    private async Task TurnOnAsync()
    {
        var made = await Factor.TurnOnAsync(Context.User, OnPassword, Key ?? "", Code ?? "", Context.RequestAborted);
        (problem, codes, isOn) = (made.Error?.Message, made.Value, made.Ok);
        done = made.Ok ? "The second factor is on." : null;
    }

    private async Task RenewAsync()
    {
        var made = await Factor.RenewCodesAsync(Context.User, RenewPassword, Context.RequestAborted);
        (problem, codes) = (made.Error?.Message, made.Value);
        done = made.Ok ? "The codes before these work no more." : null;
    }

    private async Task TurnOffAsync()
    {
        problem = (await Factor.TurnOffAsync(Context.User, OffPassword, Context.RequestAborted))?.Message;
        if (problem is not null) return;
        (isOn, done) = (false, "The second factor is off.");
    }
}
