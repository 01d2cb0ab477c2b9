using AgentConsole.Access.SignIn;
using AgentConsole.Shell;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;

namespace AgentConsole.Access.Pages;

/// <summary>Says as whom staff look at the console, and for how much longer.</summary>
public sealed partial class ViewBanner : IDisposable
{
    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(15);

    private View? view;
    private ITimer? ticks;
    private bool isLeaving;

    /// <summary>Null in a circuit.</summary>
    [CascadingParameter] private HttpContext? Context { get; set; }
    [Inject] private AuthenticationStateProvider State { get; set; } = null!;
    [Inject] private StopViewAs Stop { get; set; } = null!;
    [Inject] private NavigationManager Navigation { get; set; } = null!;
    [Inject] private TimeProvider Clock { get; set; } = null!;

    protected override async Task OnInitializedAsync()
    {
        if (Context is not null)
        {
            view = Context.User.View();
            return;
        }
        State.AuthenticationStateChanged += OnChanged;
        view = (await State.GetAuthenticationStateAsync()).User.View();
        FollowClock();
    }

    public void Dispose()
    {
        State.AuthenticationStateChanged -= OnChanged;
        ticks?.Dispose();
    }

    private void OnChanged(Task<AuthenticationState> state) => _ = InvokeAsync(async () =>
    {
        view = (await state).User.View();
        FollowClock();
        StateHasChanged();
    });

    private void FollowClock()
    {
        ticks?.Dispose();
        ticks = view is null ? null : Clock.CreateTimer(_ => _ = InvokeAsync(StateHasChanged), null, Tick, Tick);
    }

    /// <summary>The same page for the member again, from the start: nothing of what was seen is kept.</summary>
    private async Task StopAsync()
    {
        isLeaving = true;
        await Stop.ExecuteAsync((await State.GetAuthenticationStateAsync()).User, CancellationToken.None);
        Navigation.NavigateTo(Navigation.Uri, forceLoad: true);
    }

    private string Left(View shown) => Math.Ceiling((shown.Until - Clock.GetUtcNow()).TotalMinutes) switch
    {
        <= 0 => "Its time is over.",
        1 => "1 minute left.",
        var minutes => $"{Format.Count((long)minutes)} minutes left.",
    };
}
