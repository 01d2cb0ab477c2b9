using AgentConsole.Platform.Data;
using AgentConsole.Shell;
using Microsoft.EntityFrameworkCore;

namespace AgentConsole.Alerts;

/// <param name="Tenant">Null when it concerns no single tenant.</param>
/// <param name="SeenAt">When it was last found to be so.</param>
/// <param name="ClosedAt">Null while it is open.</param>
public sealed record AlertRow(
    string? Tenant, Guid Id, string Source, AlertSeverity Severity, string Title, string Detail, string Link,
    DateTimeOffset RaisedAt, DateTimeOffset SeenAt, DateTimeOffset? ClosedAt, Acknowledgement? Acknowledged)
{
    /// <summary>See <see cref="AlertNotice.IsTenants"/>.</summary>
    public bool IsTenants { get; init; }
}

/// <param name="Total">All that fit, of which at most a page is given.</param>
public sealed record AlertPage(IReadOnlyList<AlertRow> Items, int Total);

/// <summary>Reads of alerts within a reach; those that concern no single tenant are the platform's.</summary>
public sealed class AlertQueries(Contexts contexts)
{
    /// <summary>Those nobody has acknowledged first, then the gravest, then the newest.</summary>
    public async Task<AlertPage> ListOpenAsync(Reach reach, int limit, CancellationToken cancellationToken)
    {
        await using var db = await contexts.BeginAsync(reach, cancellationToken);
        var open = db.Set<Alert>().AsNoTracking().Where(alert => alert.ClosedAt == null);
        var ordered = open.OrderBy(alert => alert.AcknowledgedAt != null).ThenByDescending(alert => alert.Severity).ThenByDescending(alert => alert.RaisedAt).ThenByDescending(alert => alert.AlertId);
        return await ReadAsync(open, ordered, limit, cancellationToken);
    }

    /// <summary>Closed in [from, to), newest first.</summary>
    public async Task<AlertPage> ListPastAsync(Reach reach, DateTimeOffset from, DateTimeOffset to, int limit, CancellationToken cancellationToken)
    {
        await using var db = await contexts.BeginAsync(reach, cancellationToken);
        var past = db.Set<Alert>().AsNoTracking().Where(alert => alert.ClosedAt >= from.ToUniversalTime() && alert.ClosedAt < to.ToUniversalTime());
        return await ReadAsync(past, past.OrderByDescending(alert => alert.ClosedAt).ThenByDescending(alert => alert.AlertId), limit, cancellationToken);
    }

    /// <summary>What a tenant asked to be told calls whoever looks at that tenant, and not everyone of the platform.</summary>
    public async Task<OpenAlerts> CountOpenAsync(Reach reach, CancellationToken cancellationToken)
    {
        await using var db = await contexts.BeginAsync(reach, cancellationToken);
        var open = db.Set<Alert>().AsNoTracking().Where(alert => alert.ClosedAt == null);
        var total = await open.CountAsync(cancellationToken);
        if (total == 0) return OpenAlerts.None;
        var calling = open.Where(alert => alert.AcknowledgedAt == null && (!reach.IsPlatform || !alert.IsTenants));
        var first = await calling.OrderByDescending(alert => alert.Severity).ThenByDescending(alert => alert.RaisedAt).ThenByDescending(alert => alert.AlertId)
            .Select(alert => new CallingAlert(alert.Title, alert.Link, alert.Severity == AlertSeverity.Critical)).FirstOrDefaultAsync(cancellationToken);
        return new(total, await calling.CountAsync(cancellationToken), first);
    }

    private static async Task<AlertPage> ReadAsync(IQueryable<Alert> all, IQueryable<Alert> ordered, int limit, CancellationToken cancellationToken)
    {
        var alerts = await ordered.Take(limit).ToListAsync(cancellationToken);
        return new([.. alerts.Select(Row)], alerts.Count < limit ? alerts.Count : await all.CountAsync(cancellationToken));
    }

    private static AlertRow Row(Alert alert) => new(
        alert.TenantId == Alert.Platform ? null : alert.TenantId, alert.AlertId, alert.Source, alert.Severity, alert.Title, alert.Detail, alert.Link,
        alert.RaisedAt, alert.SeenAt, alert.ClosedAt, alert is { AcknowledgedBy: { } by, AcknowledgedAt: { } at } ? new(by, at) : null) { IsTenants = alert.IsTenants };
}
