using System.Text.Json;
using AgentConsole.Platform.Data;
using Microsoft.EntityFrameworkCore;

namespace AgentConsole.Limits;

/// <summary>A refused request, as it is shown.</summary>
/// <param name="Limit">As it was then.</param>
/// <param name="Remaining">In the limit's unit; null: it was not known.</param>
/// <param name="Asked">What the request was estimated at, in the limit's unit; null: it did not say.</param>
public sealed record RefusalRow(Guid Id, DateTimeOffset At, string RequestId, LimitSubject Subject, LimitRow Limit, LimitRefusalReason Reason, decimal? Remaining, decimal? Asked, DateTimeOffset? ResetsAt);

/// <summary>Which refusals are asked for; null: whatever it is.</summary>
public sealed record RefusalQuery(string? RequestId = null, string? User = null, string? Key = null, string? Model = null, Guid? LimitId = null, int Limit = 100);

/// <summary>Reads of refused requests; of tenants only those within reach.</summary>
public sealed class RefusalQueries(Contexts contexts, TimeProvider time)
{
    /// <summary>Newest first, of those that are kept.</summary>
    public async Task<IReadOnlyList<RefusalRow>> ListAsync(Reach reach, RefusalQuery query, CancellationToken cancellationToken)
    {
        await using var db = await contexts.BeginAsync(reach, cancellationToken);
        var fitting = db.Set<Refusal>().AsNoTracking();
        if (query.RequestId is { } request) fitting = fitting.Where(refusal => refusal.RequestId == request);
        if (query.User is { } user) fitting = fitting.Where(refusal => refusal.User == user);
        if (query.Key is { } key) fitting = fitting.Where(refusal => refusal.Key == key);
        if (query.Model is { } model) fitting = fitting.Where(refusal => refusal.Model == model);
        if (query.LimitId is { } limit) fitting = fitting.Where(refusal => refusal.LimitId == limit);
        return [.. (await fitting.OrderByDescending(static refusal => refusal.RefusedAt).ThenByDescending(static refusal => refusal.RefusalId).Take(query.Limit).ToListAsync(cancellationToken)).Select(Row)];
    }

    /// <summary>How many requests each limit refused in the last so many hours, the one that runs included. Limits that refused none are not in it.</summary>
    public async Task<IReadOnlyDictionary<Guid, long>> CountAsync(Reach reach, int hours, CancellationToken cancellationToken)
    {
        var from = time.GetUtcNow().AddHours(-hours);
        await using var db = await contexts.BeginAsync(reach, cancellationToken);
        return await db.Set<RefusalHour>().AsNoTracking().Where(hour => hour.Hour > from).GroupBy(static hour => hour.LimitId)
            .Select(static limit => new { limit.Key, Refusals = limit.Sum(static hour => hour.Refusals) }).ToDictionaryAsync(static limit => limit.Key, static limit => limit.Refusals, cancellationToken);
    }

    private static RefusalRow Row(Refusal refusal) => new(
        refusal.RefusalId, refusal.RefusedAt, refusal.RequestId, new(refusal.TenantId, refusal.Team, refusal.User, refusal.Key, refusal.Model, refusal.Provider, refusal.Session),
        JsonSerializer.Deserialize<LimitRow>(refusal.LimitThen, LimitRow.Json)!, refusal.Reason, refusal.Remaining, refusal.Asked, refusal.ResetsAt);
}
