using AgentConsole.Access;
using AgentConsole.Shell;
using Microsoft.AspNetCore.Components;
using Npgsql;

namespace AgentConsole.Notify.Pages;

/// <summary>Makes a channel; its secret is shown by whoever listens.</summary>
public sealed partial class ChannelForm
{
    private string name = "";
    private string? tenant;
    private ChannelKind kind = ChannelKind.Webhook;
    private string target = "";
    private string? problem;
    private bool working;

    [Parameter, EditorRequired] public required IReadOnlyList<TenantChoice> Places { get; set; }
    /// <summary>The tenant looked at, which is offered first.</summary>
    [Parameter] public string? Tenant { get; set; }
    [Parameter] public bool HasEmail { get; set; }
    [Parameter, EditorRequired] public required string Cancel { get; set; }
    [Parameter] public EventCallback<NewChannel> OnMade { get; set; }
    [Inject] private CurrentCaller Caller { get; set; } = null!;
    [Inject] private CreateChannel Create { get; set; } = null!;
    [Inject] private ILogger<ChannelForm> Log { get; set; } = null!;

    protected override void OnParametersSet() => tenant ??= Places.FirstOrDefault(choice => choice.Id == Tenant)?.Id ?? Places[0].Id;

    private async Task CreateAsync()
    {
        if (working) return;
        (working, problem) = (true, null);
        try
        {
            var made = await Create.ExecuteAsync(new(tenant!, name, kind, target), await Caller.ReadAsync(), CancellationToken.None);
            if (made.Ok) await OnMade.InvokeAsync(made.Value);
            else problem = made.Error.Message;
        }
        catch (NpgsqlException error)
        {
            LogFailed(Log, error);
            problem = "The store did not confirm it. Try again.";
        }
        finally
        {
            working = false;
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "A channel could not be made")]
    private static partial void LogFailed(ILogger logger, Exception error);
}
