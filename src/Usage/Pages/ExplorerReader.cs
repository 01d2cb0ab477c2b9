using AgentConsole.Platform;
using AgentConsole.Platform.Data;
using AgentConsole.Shell;

namespace AgentConsole.Usage.Pages;

/// <summary>Asks for what the explorer shows. The range before, the forecast and the beginning of the data hardly change.</summary>
internal sealed class ExplorerReader(SharedExplorations explorations, SharedBreakdowns breakdowns, MonthForecasts forecasts, UsageQueries queries, Reach reach)
{
    private sealed record Aside(Result<Exploration>? Before, MonthForecast? Forecast, DateTimeOffset? FirstUse);

    public async Task<ExplorerData> ReadAsync(PageUrl url, ExplorerView view, DateTimeOffset? changedAt, bool afresh, IProgress<EventsRead>? progress, CancellationToken cancellationToken)
    {
        var query = view.Ask();
        // At the same time, unless one of them waits for a turn.
        var atOnce = query.ReadsEvents ? null : AsideAsync(view, cancellationToken);
        var read = await explorations.ReadAsync(reach, query, changedAt, progress, cancellationToken, afresh);
        if (!read.Ok) return ExplorerData.Refuse(url, view, read.Error);
        var beside = await (atOnce ?? AsideAsync(view, cancellationToken));
        var any = read.Value.Total.Requests > 0 || await queries.HasEventsAsync(reach, cancellationToken);
        var before = beside.Before is { Ok: true, Value: { } known } ? known : null;
        return new(url, view, read.Value, before, Compare(view, beside, before), beside.Forecast, beside.FirstUse, any, null);
    }

    private static Comparison Compare(ExplorerView view, Aside beside, Exploration? before)
    {
        if (view.Against() is not { } against) return new("Nothing is compared with");
        if (before is null) return new(beside.Before?.Error?.Message ?? "Not read");
        if (before.RequestsKeptFrom is not null) return new($"The requests of {against.Words} are no longer kept one by one");
        return Comparison.Of(view.Range, against.Range, against.Words, beside.FirstUse, before.Total);
    }

    private async Task<Aside> AsideAsync(ExplorerView view, CancellationToken cancellationToken)
    {
        var before = view.Against() is { } against ? await explorations.ReadPastAsync(reach, view.Ask(against.Range), cancellationToken) : (Result<Exploration>?)null;
        var first = await breakdowns.FindFirstUseAsync(reach, cancellationToken);
        return new(before, view.Measure == Measure.Cost ? await forecasts.ReadAsync(reach, view.Range.Zone, view.Filter, first, cancellationToken) : null, first);
    }
}
