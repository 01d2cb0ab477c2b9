using AgentConsole.Access.Members;
using AgentConsole.Access.SignIn;
using AgentConsole.Platform;
using AgentConsole.Shell;
using Microsoft.AspNetCore.Components;

namespace AgentConsole.Access.Pages;

/// <summary>One member: roles, sessions, the way back in. Each handler asks again who is asking.</summary>
public sealed partial class MemberPanel
{
    private string? problem;
    private string? done;
    private string? link;
    private string? asked;

    [Parameter, EditorRequired] public required MemberRow Member { get; set; }
    [Parameter, EditorRequired] public required MembersView View { get; set; }
    [Parameter, EditorRequired] public required PageUrl Url { get; set; }
    [Parameter, EditorRequired] public required TimeZoneInfo Zone { get; set; }
    [Parameter] public EventCallback Changed { get; set; }
    [Inject] private ChangeRole Roles { get; set; } = null!;
    [Inject] private EndSession Sessions { get; set; } = null!;
    [Inject] private MakeResetLink Links { get; set; } = null!;
    [Inject] private SecondFactor Factor { get; set; } = null!;
    [Inject] private CurrentCaller Current { get; set; } = null!;
    [Inject] private NavigationManager Navigation { get; set; } = null!;

    private static Role Other(Role role) => role switch
    {
        Role.TenantViewer => Role.TenantAdmin,
        Role.TenantAdmin => Role.TenantViewer,
        Role.Support => Role.Operator,
        Role.Operator => Role.Support,
        _ => throw new ArgumentOutOfRangeException(nameof(role)),
    };

    private Task ChangeAsync(HeldRole held, Role? role) => ActAsync(
        role is null ? "The role is taken away." : $"{Member.Name} is {RoleWords.Of(role.Value).ToLowerInvariant()} now.",
        caller => Roles.ExecuteAsync(caller, held.Place, Member.Id, role, CancellationToken.None));

    private Task EndAsync(SessionRow session) => ActAsync(
        "The session has ended; its open pages follow within a minute.", caller => Sessions.ExecuteForAsync(caller, Member.Id, session.Id, CancellationToken.None));

    private Task TurnOffFactorAsync() => ActAsync("The second factor is off.", caller => Factor.TurnOffForAsync(caller, Member.Id, CancellationToken.None));

    private Task MakeLinkAsync() => ActAsync(null, async caller =>
    {
        var made = await Links.ExecuteAsync(caller, Member.Id, CancellationToken.None);
        if (made.Ok) link = $"{Navigation.BaseUri}sign-in/reset?token={made.Value}";
        return made.Error;
    });

    private async Task ActAsync(string? told, Func<Caller, Task<Error?>> act)
    {
        (problem, done, link, asked) = (null, null, null, null);
        var caller = await Current.ReadAsync();
        var error = await act(caller);
        (problem, done) = (error?.Message, error is null ? told : null);
        await Changed.InvokeAsync();
    }
}
