using System.Security.Claims;
using AgentConsole.Access.SignIn;
using AgentConsole.Shell;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;

namespace AgentConsole.Access.Pages;

/// <summary>Who is signed in; and when that ends while the page is open, the way to the sign-in page, with the reason.</summary>
public sealed partial class PersonMenu : IDisposable
{
    private ClaimsPrincipal? principal;
    private bool isLeaving;

    [Inject] private AuthenticationStateProvider State { get; set; } = null!;
    [Inject] private EndSession End { get; set; } = null!;
    [Inject] private NavigationManager Navigation { get; set; } = null!;

    private string Name => principal?.FindFirstValue(ClaimTypes.Name) ?? "";

    protected override async Task OnInitializedAsync()
    {
        State.AuthenticationStateChanged += OnChanged;
        principal = (await State.GetAuthenticationStateAsync()).User;
    }

    public void Dispose() => State.AuthenticationStateChanged -= OnChanged;

    private void OnChanged(Task<AuthenticationState> state) => _ = InvokeAsync(async () =>
    {
        principal = (await state).User;
        if (principal.Identity?.IsAuthenticated != true) Leave("ended");
        StateHasChanged();
    });

    /// <summary>The session ends in the store; the cookie that is left opens nothing, and the sign-in page takes it away.</summary>
    private async Task SignOutAsync()
    {
        if (principal?.Session() is not { } session) return;
        isLeaving = true;
        await End.ExecuteAsync(principal, session, CancellationToken.None);
        Navigation.NavigateTo($"{Links.SignIn}?reason=signed-out", forceLoad: true);
    }

    private void Leave(string reason)
    {
        if (isLeaving) return;
        isLeaving = true;
        var here = "/" + Navigation.ToBaseRelativePath(Navigation.Uri);
        Navigation.NavigateTo($"{Links.SignIn}?reason={reason}&returnUrl={Uri.EscapeDataString(here)}", forceLoad: true);
    }
}
