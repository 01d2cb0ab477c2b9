using AgentConsole.Alerts;
using AgentConsole.Notify;
using AgentConsole.Platform.Data;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace AgentConsole.Anomalies.Detection;

/// <param name="Told">Alerts that were raised or closed.</param>
internal sealed record KeptCases(int Opened, int HeldBack, IReadOnlyList<AlertSubject> Told);

/// <summary>Brings a tenant's cases in line with what was found, in the transaction of its context: opens, goes on with, ends. Raises an alert and writes the messages once, with the case.</summary>
internal sealed class KeepCases(ReadIncidents read, ChannelQueries channels, RaiseAlerts raise, CloseAlerts close, EnqueueMessages enqueue, AnomaliesOptions options)
{
    /// <summary>Cases of a tenant that nobody has closed; beyond it none is opened.</summary>
    public const int MostOpen = 100;

    /// <summary>Each is told of a case that goes on.</summary>
    private const int MostChannels = 20;

    /// <summary>As long as a pause within an incident may be.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromHours(Detector.QuietHours);

    public static Task<List<Case>> ReadAsync(ConsoleDb db, string tenant, DateTimeOffset from, CancellationToken cancellationToken) =>
        db.Set<Case>().Where(one => one.TenantId == tenant && (!one.IsOver || one.EndedAt >= from)).ToListAsync(cancellationToken);

    public async Task<KeptCases> ExecuteAsync(ConsoleDb db, string tenant, DateTimeOffset from, IReadOnlyList<Incident> found, DateTimeOffset firstUse, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var known = await ReadAsync(db, tenant, from - Pause, cancellationToken);
        var fresh = new List<Incident>();
        foreach (var incident in found.OrderBy(static incident => incident.From))
        {
            if (Find(known, incident) is not { } one) fresh.Add(incident);
            else await GoOnAsync(one, incident, firstUse, now, cancellationToken);
        }
        // What is not found any more is no longer enough; it ends when it would have.
        foreach (var one in known.Where(one => !one.IsOver && one.SeenAt < now && one.EndedAt < now - Pause)) (one.IsOver, one.SeenAt) = (true, now);
        var room = Math.Min(options.MostNewCases, MostOpen - await db.Set<Case>().CountAsync(one => one.TenantId == tenant && one.State != CaseState.Closed, cancellationToken));
        var leading = Incident.Leading(found).Where(fresh.Contains).OrderByDescending(static incident => incident.Excess).ToList();
        var opened = leading.Take(Math.Max(0, room)).Select(incident => Open(db, incident, now)).ToList();
        await db.SaveChangesAsync(cancellationToken);
        return new(opened.Count, leading.Count - opened.Count, await TellAsync((NpgsqlConnection)db.Database.GetDbConnection(), tenant, known, opened, cancellationToken));
    }

    private static Case? Find(IReadOnlyList<Case> known, Incident incident) =>
        known.FirstOrDefault(one => one.Of == incident.Subject.Of && one.Subject == incident.Subject.Name && incident.Meets(one.BeganAt - Pause, one.EndedAt + Pause));

    /// <summary>It may have begun before what was looked at, and two stretches of one incident be told apart by a pause: the whole is measured anew.</summary>
    private async Task GoOnAsync(Case one, Incident incident, DateTimeOffset firstUse, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var (from, to) = (one.BeganAt < incident.From ? one.BeganAt : incident.From, one.EndedAt > incident.To ? one.EndedAt : incident.To);
        var whole = (from, to) == (incident.From, incident.To) ? incident : await read.MeasureAsync(incident.Subject, from, to, incident.GoesOn || (!one.IsOver && one.EndedAt > incident.To), firstUse, cancellationToken);
        if (whole is not null) one.Take(whole, now);
        else (one.EndedAt, one.IsOver, one.SeenAt) = (to, !incident.GoesOn && (one.IsOver || one.EndedAt <= incident.To), now);
    }

    private static Case Open(ConsoleDb db, Incident incident, DateTimeOffset now)
    {
        var one = new Case { TenantId = incident.Subject.Tenant, CaseId = Guid.CreateVersion7(now), Of = incident.Subject.Of, Subject = incident.Subject.Name, OpenedAt = now, State = CaseState.Open, Weeks = [] };
        one.Take(incident, now);
        db.Add(one);
        db.Add(new CaseEntry { TenantId = one.TenantId, CaseId = one.CaseId, EntryId = Guid.CreateVersion7(now), At = now, Author = CaseEntry.ByTheConsole, Kind = CaseEntryKind.Opened, Text = CaseWords.Found(CaseRow.Of(one)) });
        return one;
    }

    /// <summary>What is over when it is found calls nobody: it waits in the list.</summary>
    private async Task<IReadOnlyList<AlertSubject>> TellAsync(NpgsqlConnection connection, string tenant, List<Case> known, List<Case> opened, CancellationToken cancellationToken)
    {
        var calling = opened.Where(static one => !one.IsOver).Select(CaseRow.Of).ToList();
        var raised = await raise.ExecuteAsync(connection, [.. calling.Select(CaseWords.Notice)], cancellationToken);
        var calm = await close.ExecuteAsync(connection, [.. known.Where(static one => one.IsOver).Select(static one => CaseChanges.Alert(one.TenantId, one.CaseId))], cancellationToken);
        if (calling.Count > 0)
        {
            List<Guid> all = [.. (await channels.ListAsync(Reach.Of(tenant), cancellationToken)).Take(MostChannels).Select(static channel => channel.Id)];
            foreach (var one in calling) await enqueue.ExecuteAsync(connection, tenant, all, CaseWords.Message(one), cancellationToken);
        }
        return [.. raised, .. calm];
    }
}
