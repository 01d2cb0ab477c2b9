using AgentConsole.Shell;
using Microsoft.AspNetCore.Components;

namespace AgentConsole.Access.Pages.ApiKeys;

/// <summary>One key: what it may, who uses it, and the way to replace or end it.</summary>
public sealed partial class KeyPanel
{
    private enum Deed { None, Rotate, Revoke }

    private Deed asked;
    private int graceMinutes = 60;
    private string? problem;
    private NewKey? made;
    private bool isRevoked;
    private bool working;

    [Parameter, EditorRequired] public required KeyRow Key { get; set; }
    [Parameter, EditorRequired] public required KeysView View { get; set; }
    [Parameter, EditorRequired] public required PageUrl Url { get; set; }
    [Parameter, EditorRequired] public required TimeZoneInfo Zone { get; set; }
    [Parameter] public EventCallback Changed { get; set; }
    [Inject] private CurrentCaller Caller { get; set; } = null!;
    [Inject] private RotateKey Rotate { get; set; } = null!;
    [Inject] private RevokeKey Revoke { get; set; } = null!;

    /// <summary>The numbers of the question are read when it is asked.</summary>
    private Task Ask(Deed deed)
    {
        (asked, problem) = (deed, null);
        return Changed.InvokeAsync();
    }

    private void Cancel() => asked = Deed.None;

    private void ForgetSecret() => made = null;

    private Task RotateAsync() => DoAsync(async caller =>
    {
        var result = await Rotate.ExecuteAsync(Key.Id, TimeSpan.FromMinutes(graceMinutes), caller, CancellationToken.None);
        (made, problem) = (result.Value, result.Error?.Message);
    });

    private Task RevokeAsync() => DoAsync(async caller =>
    {
        var result = await Revoke.ExecuteAsync(Key.Id, caller, CancellationToken.None);
        (isRevoked, problem) = (result.Ok, result.Error?.Message);
    });

    private async Task DoAsync(Func<Caller, Task> deed)
    {
        if (working) return;
        working = true;
        try
        {
            await deed(await Caller.ReadAsync());
            asked = Deed.None;
        }
        finally
        {
            working = false;
        }
        await Changed.InvokeAsync();
    }
}
