using AgentConsole.Access;
using AgentConsole.Shell;
using Microsoft.AspNetCore.Components;
using Npgsql;

namespace AgentConsole.Notify.Pages;

/// <param name="Selected">The delivery that the URL names; null when there is none, or none for the visitor.</param>
public sealed record DeliveriesView(DeliveryPage Page, DeliveryRow? Selected, Caller Caller, DateTimeOffset Now);

/// <summary>What was sent, as a tab of the alerts page.</summary>
public sealed partial class DeliveriesTab
{
    public const string Name = "deliveries";
    private const int PageSize = 100;

    private static readonly (string? Word, string Label)[] States = [(null, "All"), ("waiting", "Waiting"), ("delivered", "Delivered"), ("givenUp", "Given up")];

    private string? problem;
    private bool working;

    [Inject] private CurrentCaller Current { get; set; } = null!;
    [Inject] private ChannelQueries Queries { get; set; } = null!;
    [Inject] private RedeliverMessage Redeliver { get; set; } = null!;
    [Inject] private ILogger<DeliveriesTab> Log { get; set; } = null!;

    protected override IReadOnlyList<string> ListensTo => Topics.DeliveriesOf(Frame.Reach);

    protected override bool Owns(PageUrl url) => url.Path == Links.Alerts && url["tab"] == Name;

    protected override async Task<DeliveriesView> PullAsync(CancellationToken cancellationToken)
    {
        var (url, reach) = (Url, Frame.Reach);
        var page = await Queries.ListDeliveriesAsync(reach, new(DeliveryStates.Parse(url.Text("state")), null, Guid.TryParse(url["cursor"], out var before) ? before : null, PageSize), cancellationToken);
        var selected = Guid.TryParse(url["delivery"], out var id) ? await Queries.FindDeliveryAsync(reach, id, cancellationToken) : null;
        return new(page, selected, await Current.ReadAsync(), Clock.GetUtcNow());
    }

    private string To(string? state)
    {
        var url = Url.Without("state", "cursor", "delivery");
        return (state is null ? url : url.With("state", state)).ToString();
    }

    private static string Word(DeliveryRow delivery) => delivery.State switch
    {
        DeliveryState.Delivered => "delivered",
        DeliveryState.GivenUp => "given up",
        _ => delivery.LastError is null ? "waiting" : "failing",
    };

    private static string Tone(DeliveryRow delivery) => delivery.State switch
    {
        DeliveryState.Delivered => "ok",
        DeliveryState.GivenUp => "critical",
        _ => delivery.LastError is null ? "unknown" : "warning",
    };

    private async Task RedeliverAsync(DeliveryRow delivery)
    {
        if (working) return;
        (working, problem) = (true, null);
        try
        {
            problem = (await Redeliver.ExecuteAsync(delivery.Id, await Current.ReadAsync(), CancellationToken.None)).Error?.Message;
            await ReloadAsync();
        }
        catch (NpgsqlException error)
        {
            LogFailed(Log, error, delivery.Id);
            problem = "The store did not confirm it. Try again.";
        }
        finally
        {
            working = false;
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Delivery {Id} could not be asked for again")]
    private static partial void LogFailed(ILogger logger, Exception error, Guid id);
}
