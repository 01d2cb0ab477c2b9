using AgentConsole.Access;
using AgentConsole.Platform;
using AgentConsole.Shell;
using Microsoft.AspNetCore.Components;
using Npgsql;

namespace AgentConsole.Notify.Pages;

/// <param name="Places">Tenants that the visitor may make channels of; none unless one is being made, or may be.</param>
public sealed record ChannelsView(IReadOnlyList<ChannelRow> Channels, IReadOnlyList<TenantChoice> Places, bool HasEmail, Caller Caller, DateTimeOffset Now);

/// <summary>The ways to tell people, as a tab of the alerts page.</summary>
public sealed partial class ChannelsTab
{
    public const string Name = "channels";

    private enum Deed { Remove, Rotate }

    private (Guid Channel, Deed Deed)? asked;
    private int graceMinutes = RotateChannelSecret.DefaultGraceMinutes;
    private NewChannel? made;
    private string? problem;
    private string? done;
    private bool working;

    [Inject] private CurrentCaller Current { get; set; } = null!;
    [Inject] private ChannelQueries Queries { get; set; } = null!;
    [Inject] private ITenantChoices Choices { get; set; } = null!;
    [Inject] private NotifyOptions Options { get; set; } = null!;
    [Inject] private RemoveChannel Remove { get; set; } = null!;
    [Inject] private RotateChannelSecret Rotate { get; set; } = null!;
    [Inject] private TestChannel Test { get; set; } = null!;
    [Inject] private ILogger<ChannelsTab> Log { get; set; } = null!;

    protected override IReadOnlyList<string> ListensTo => Topics.DeliveriesOf(Frame.Reach);

    protected override bool Owns(PageUrl url) => url.Path == Links.Alerts && url["tab"] == Name;

    protected override async Task<ChannelsView> PullAsync(CancellationToken cancellationToken)
    {
        var caller = await Current.ReadAsync();
        var channels = await Queries.ListAsync(Frame.Reach, cancellationToken);
        return new(channels, await Choices.ListAsync(caller.ReachOf(Permission.ManageBudgets), cancellationToken), Options.HasEmail, caller, Clock.GetUtcNow());
    }

    /// <summary>The channel that the URL asks to change; null when there is none, or not for this visitor.</summary>
    private ChannelRow? Changing => Guid.TryParse(Url["change"], out var id) && Data!.Channels.FirstOrDefault(channel => channel.Id == id) is { } found && Data.Caller.Can(Permission.ManageBudgets, found.Tenant) ? found : null;

    private Task ChangedAsync(ChannelRow channel)
    {
        done = $"{channel.Name} is changed. Send it a test.";
        Navigation.NavigateTo(Url.Without("change").ToString());
        return ReloadAsync();
    }

    private Task MadeAsync(NewChannel channel)
    {
        (made, done) = (channel, channel.Secret is null ? $"{channel.Channel.Name} is there. Send it a test." : null);
        Navigation.NavigateTo(Url.Without("create").ToString());
        return ReloadAsync();
    }

    private Task RemoveAsync(ChannelRow channel) => DoAsync(async caller =>
    {
        var removed = await Remove.ExecuteAsync(channel.Id, caller, CancellationToken.None);
        (done, problem) = (removed.Ok ? $"{channel.Name} is removed." : null, removed.Error?.Message);
    });

    private Task RotateAsync(ChannelRow channel) => DoAsync(async caller =>
    {
        var rotated = await Rotate.ExecuteAsync(channel.Id, graceMinutes, caller, CancellationToken.None);
        (made, problem) = (rotated.Value, rotated.Error?.Message);
    });

    private Task TestAsync(ChannelRow channel) => DoAsync(async caller =>
    {
        var sent = await Test.ExecuteAsync(channel.Id, caller, CancellationToken.None);
        (done, problem) = (sent.Ok ? $"A test is on its way to {channel.Name}." : null, sent.Error?.Message);
    });

    private async Task DoAsync(Func<Caller, Task> deed)
    {
        if (working) return;
        (working, problem, done) = (true, null, null);
        try
        {
            await deed(await Current.ReadAsync());
            asked = null;
            await ReloadAsync();
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

    [LoggerMessage(Level = LogLevel.Error, Message = "A channel could not be changed")]
    private static partial void LogFailed(ILogger logger, Exception error);
}
