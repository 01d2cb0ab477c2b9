using AgentConsole.Access;
using AgentConsole.Shell;
using Microsoft.AspNetCore.Components;
using Npgsql;

namespace AgentConsole.Notify.Pages;

/// <summary>Makes a channel, whose secret is shown by whoever listens, or changes one.</summary>
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
    /// <summary>The one to change; null: a new one.</summary>
    [Parameter] public ChannelRow? Channel { get; set; }
    [Parameter, EditorRequired] public required string Cancel { get; set; }
    [Parameter] public EventCallback<NewChannel> OnMade { get; set; }
    [Parameter] public EventCallback<ChannelRow> OnChanged { get; set; }
    [Inject] private CurrentCaller Caller { get; set; } = null!;
    [Inject] private CreateChannel Create { get; set; } = null!;
    [Inject] private ChangeChannel Change { get; set; } = null!;
    [Inject] private ILogger<ChannelForm> Log { get; set; } = null!;

    private string Placeholder => Channel?.Shown ?? (kind == ChannelKind.Email ? "on-call@example.com" : "https://hooks.example.com/console");

    protected override void OnInitialized()
    {
        tenant = Places.FirstOrDefault(choice => choice.Id == Tenant)?.Id ?? Places[0].Id;
        if (Channel is not null) (name, kind) = (Channel.Name, Channel.Kind);
    }

    private async Task SaveAsync()
    {
        if (working) return;
        (working, problem) = (true, null);
        try
        {
            problem = Channel is null ? await CreateAsync() : await ChangeAsync(Channel.Id);
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

    private async Task<string?> CreateAsync()
    {
        var made = await Create.ExecuteAsync(new(tenant!, name, kind, target), await Caller.ReadAsync(), CancellationToken.None);
        if (made.Ok) await OnMade.InvokeAsync(made.Value);
        return made.Error?.Message;
    }

    private async Task<string?> ChangeAsync(Guid id)
    {
        var changed = await Change.ExecuteAsync(id, name, target.Trim().Length == 0 ? null : target, await Caller.ReadAsync(), CancellationToken.None);
        if (changed.Ok) await OnChanged.InvokeAsync(changed.Value);
        return changed.Error?.Message;
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "A channel could not be saved")]
    private static partial void LogFailed(ILogger logger, Exception error);
}
