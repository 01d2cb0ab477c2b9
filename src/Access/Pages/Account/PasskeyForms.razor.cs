using System.Globalization;
using AgentConsole.Access.Members;
using AgentConsole.Access.SignIn;
using Microsoft.AspNetCore.Components;

namespace AgentConsole.Access.Pages.Account;

public sealed partial class PasskeyForms
{
    private string? problem;
    private string? done;
    private IReadOnlyList<PasskeyRow> passkeys = [];

    [CascadingParameter] private OwnAccount Account { get; set; } = null!;
    [CascadingParameter] private HttpContext Context { get; set; } = null!;
    [SupplyParameterFromForm(FormName = "add-passkey")] private string? Credential { get; set; }
    [SupplyParameterFromForm(FormName = "add-passkey")] private string? PasskeyName { get; set; }
    [SupplyParameterFromForm(FormName = "add-passkey")] private string? PasskeyPassword { get; set; }
    [Inject] private MemberQueries Members { get; set; } = null!;
    [Inject] private Passkeys Ceremonies { get; set; } = null!;
    [Inject] private RemovePasskey Removal { get; set; } = null!;

    protected override Task OnInitializedAsync() => ReadAsync();

    private async Task AddAsync()
    {
        problem = (await Ceremonies.AddAsync(Context, Context.User, PasskeyName ?? "", PasskeyPassword, Credential ?? "", Context.RequestAborted))?.Message;
        done = problem is null ? "The passkey is added. You can sign in with it from now on." : null;
        await ReadAsync();
    }

    private async Task RemoveAsync(byte[] id)
    {
        problem = (await Removal.ExecuteAsync(Context.User, id, Context.RequestAborted))?.Message;
        done = problem is null ? "The passkey is removed: it opens nothing here any more." : null;
        await ReadAsync();
    }

    private async Task ReadAsync() => passkeys = await Members.ListOwnPasskeysAsync(Context.User.MemberId()!.Value, Context.RequestAborted);

    private static string Day(DateTimeOffset at) => at.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
