using AgentConsole.Access;
using AgentConsole.Platform;
using AgentConsole.Platform.Data;
using AgentConsole.Usage;

namespace AgentConsole.Limits;

/// <summary>One whom the limit would have stopped.</summary>
/// <param name="Subject">The names that its scope leaves open, by dimension.</param>
/// <param name="FirstAt">When it would have refused for the first time.</param>
/// <param name="Requests">How many it would have refused.</param>
/// <param name="Cost">USD that those came to.</param>
public sealed record WouldBlock(IReadOnlyDictionary<string, string> Subject, DateTimeOffset FirstAt, long Requests, decimal Cost);

/// <param name="IsComplete">False when time or the number of requests ran out: what is here would have been blocked, and maybe more.</param>
/// <param name="Checked">Subjects' windows that came to more than the maximum, and were looked into.</param>
/// <param name="AlreadyExceeded">How many subjects are above it now, in the present window.</param>
public sealed record LimitDryRun(DateTimeOffset From, DateTimeOffset To, bool IsComplete, int Checked, int AlreadyExceeded, IReadOnlyList<WouldBlock> Blocked)
{
    public long Requests => Blocked.Sum(static one => one.Requests);

    public decimal Cost => Blocked.Sum(static one => one.Cost);

    public DateTimeOffset? FirstAt => Blocked.Count == 0 ? null : Blocked.Min(static one => one.FirstAt);
}

/// <summary>
/// What a limit would have done, had it been there: 1. the rollups tell which subject's windows came to more than the maximum; 2. of those alone the requests are read and let through one
/// by one, as the limiter would have: what is refused uses nothing. Of concurrency the ledger cannot tell.
/// </summary>
public sealed class DryRunLimit(UsageQueries usage, TenantQueries tenants, TimeProvider time)
{
    public const int MaxDays = 90;
    private const int MostRequests = 200_000;
    private const int MostSubjects = 1_000;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    /// <summary>Fails with <see cref="InvalidLimit"/>, <see cref="NotAllowed"/> or <see cref="UnknownTenant"/>.</summary>
    public async Task<Result<LimitDryRun>> ExecuteAsync(LimitDraft draft, int days, Caller caller, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var tenant = draft.Scope.Tenant;
        if (!LimitChanges.May(caller, tenant)) return caller.Refuse("limits.dry-run");
        var normal = draft.Normalise(now);
        if (!normal.Ok) return normal.Error;
        var limit = normal.Value;
        if (Unanswerable(limit, days) is { Count: > 0 } errors) return new InvalidLimit(errors);
        var reach = caller.ReachOf(Permission.ManageLimits);
        if (await tenants.FindAsync(reach, tenant, cancellationToken) is not { } found) return new UnknownTenant(tenant);
        var zone = TimeZoneInfo.TryFindSystemTimeZoneById(found.TimeZone, out var known) ? known : TimeZoneInfo.Utc;
        using var late = new CancellationTokenSource(Patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
        var run = new Run(usage, reach, limit, zone, now);
        try
        {
            await run.ExecuteAsync(days, either.Token);
        }
        catch (OperationCanceledException) when (late.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            run.IsComplete = false;
        }
        return run.Result(days);
    }

    private static List<string> Unanswerable(LimitDraft limit, int days)
    {
        var errors = new List<string>();
        if (days is < 1 or > MaxDays) errors.Add($"days is 1 to {MaxDays}.");
        if (limit.Scope.Tenant == LimitScope.Each) errors.Add("scope.tenant names one tenant: a dry run is of one at a time.");
        if (limit.Measure == LimitMeasure.Concurrency) errors.Add("The ledger does not tell how many requests ran at once: a limit of concurrency cannot be tried out.");
        if (limit.Window == LimitWindow.Session || limit.Scope.Session is not null) errors.Add("The ledger's sums do not tell sessions apart: a limit of sessions cannot be tried out.");
        return errors;
    }

    private sealed class Run(UsageQueries usage, Reach reach, LimitDraft limit, TimeZoneInfo zone, DateTimeOffset now)
    {
        /// <summary>What was denied is no request.</summary>
        private static readonly string[] Sent = [.. Enum.GetValues<UsageStatus>().Where(static status => status != UsageStatus.Denied).Select(static status => status.Name())];

        private readonly Dictionary<string, WouldBlock> _blocked = new(StringComparer.Ordinal);
        private readonly LimitDimension[] _dimensions = [.. limit.Scope.Named];
        private int _read, _checked;
        private int _exceeded;

        public bool IsComplete { get; set; } = true;

        public LimitDryRun Result(int days) => new(now.AddDays(-days), now, IsComplete, _checked, _exceeded, [.. _blocked.Values.OrderByDescending(static one => one.Cost).ThenBy(static one => one.FirstAt)]);

        public async Task ExecuteAsync(int days, CancellationToken cancellationToken)
        {
            // From the beginning of a window on: what came before counts in it.
            var from = LimitCalendar.Around(now.AddDays(-days), limit.Window!.Value, zone).Start;
            foreach (var (window, group) in await CandidatesAsync(from, cancellationToken))
            {
                _checked++;
                if (_read >= MostRequests || (_blocked.Count >= MostSubjects && !_blocked.ContainsKey(Key(group))))
                {
                    IsComplete = false;
                    return;
                }
                await TryAsync(window, group, now.AddDays(-days), cancellationToken);
            }
        }

        /// <summary>A subject's windows, or the rollup's pieces of them, that came to more than the maximum; the dearest first.</summary>
        private async Task<IEnumerable<((DateTimeOffset From, DateTimeOffset To), IReadOnlyList<string?>)>> CandidatesAsync(DateTimeOffset from, CancellationToken cancellationToken)
        {
            var grain = limit.Window switch { LimitWindow.Minute => Grain.QuarterHour, LimitWindow.Hour => Grain.Hour, LimitWindow.Day => Grain.Day, LimitWindow.Week => Grain.Week, _ => Grain.Month };
            var breakdown = await usage.BreakdownAsync(reach, new(from, now, zone, grain, [.. _dimensions.Select(static dimension => dimension.InLedger())], Filter(null)) { Percentiles = false }, cancellationToken);
            var over = breakdown.Rows.Where(row => row.Group.All(static value => value is not null) && Of(row.Measures) > limit.Max).OrderByDescending(row => Of(row.Measures)).ToList();
            if (limit.Window != LimitWindow.Minute)
            {
                var present = LimitCalendar.Around(now, limit.Window!.Value, zone).Start;
                _exceeded = over.Count(row => row.Bucket >= present);
            }
            return over.Select(row => (Range(row.Bucket!.Value), row.Group));
        }

        private (DateTimeOffset, DateTimeOffset) Range(DateTimeOffset bucket) => limit.Window == LimitWindow.Minute ? (bucket, bucket.AddMinutes(15)) : LimitCalendar.Around(bucket, limit.Window!.Value, zone);

        private async Task TryAsync((DateTimeOffset From, DateTimeOffset To) range, IReadOnlyList<string?> group, DateTimeOffset since, CancellationToken cancellationToken)
        {
            var requests = await ReadAsync(range, group, cancellationToken);
            var (used, window) = (0m, (Start: DateTimeOffset.MinValue, End: DateTimeOffset.MinValue));
            foreach (var request in requests.OrderBy(static request => request.OccurredAt))
            {
                if (request.OccurredAt >= window.End) (used, window) = (0, LimitCalendar.Around(request.OccurredAt, limit.Window!.Value, zone));
                var amount = Of(request);
                if (used + amount <= limit.Max) used += amount;
                else if (request.OccurredAt >= since) Block(group, request);
            }
        }

        private async Task<List<RequestRow>> ReadAsync((DateTimeOffset From, DateTimeOffset To) range, IReadOnlyList<string?> group, CancellationToken cancellationToken)
        {
            var (rows, cursor) = (new List<RequestRow>(), (string?)null);
            do
            {
                var page = await usage.ListRequestsAsync(reach, new(range.From, range.To < now ? range.To : now, Filter(group), Cursor: cursor, Limit: 1000), cancellationToken);
                rows.AddRange(page.Items);
                (cursor, _read) = (page.NextCursor, _read + page.Items.Count);
                if (_read >= MostRequests && cursor is not null) IsComplete = false;
            }
            while (cursor is not null && _read < MostRequests);
            return rows;
        }

        private void Block(IReadOnlyList<string?> group, RequestRow request)
        {
            var key = Key(group);
            var before = _blocked.GetValueOrDefault(key) ?? new(_dimensions.Zip(group).ToDictionary(static pair => pair.First.Name(), static pair => pair.Second!), request.OccurredAt, 0, 0);
            _blocked[key] = before with { FirstAt = request.OccurredAt < before.FirstAt ? request.OccurredAt : before.FirstAt, Requests = before.Requests + 1, Cost = before.Cost + (request.Cost ?? 0) };
        }

        private UsageFilter Filter(IReadOnlyList<string?>? group)
        {
            var filter = UsageFilter.None.With(Dimension.Tenant, limit.Scope.Tenant);
            if (limit.Measure == LimitMeasure.Requests) filter = filter.With(Dimension.Status, Sent);
            for (var index = 0; index < _dimensions.Length; index++)
            {
                var named = limit.Scope[_dimensions[index]] is { } name and not LimitScope.Each ? name : group?[index];
                if (named is not null) filter = filter.With(_dimensions[index].InLedger(), named);
            }
            return filter;
        }

        private static string Key(IReadOnlyList<string?> group) => string.Join('\n', group);

        private decimal Of(Measures measures) => limit.Measure switch { LimitMeasure.Requests => measures.Requests, LimitMeasure.Tokens => measures.Tokens.Total, _ => measures.Cost };

        private decimal Of(RequestRow request) => limit.Measure switch { LimitMeasure.Requests => 1, LimitMeasure.Tokens => request.Tokens.Total, _ => request.Cost ?? 0 };
    }
}
