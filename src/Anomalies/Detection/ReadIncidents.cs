using AgentConsole.Platform.Data;
using AgentConsole.Usage;

namespace AgentConsole.Anomalies.Detection;

/// <summary>
/// Finds a tenant's incidents in a stretch of time, from rollups alone: 1. whose cost in it could be one at all; 2. of those the hours, and the same of the weeks before; 3. the hours that cost too much;
/// 4. of each such stretch the quarters in which the money went, and what they cost in each week before. Most of the time 1 finds nobody, and that is all that is read.
/// </summary>
internal sealed class ReadIncidents(UsageQueries usage, SubjectQueries subjects, AnomaliesOptions options)
{
    /// <summary>Users, and as many keys, that are looked at: those of the highest cost.</summary>
    private const int MostSubjects = 50;

    /// <summary>Stretches that are looked into: those of the most money.</summary>
    private const int MostStretches = 50;

    private const int MostWeeks = 4;

    /// <summary>A quarter of an hour at an end of a stretch is no part of it that costs no more than this share of the mean quarter.</summary>
    private const decimal QuietQuarter = 0.25m;

    private static readonly TimeSpan Week = TimeSpan.FromDays(7);
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);
    private static readonly TimeSpan Quarter = TimeSpan.FromMinutes(15);

    /// <param name="from">A full hour.</param>
    /// <param name="firstUse">Of the tenant.</param>
    public async Task<IReadOnlyList<Incident>> ExecuteAsync(string tenant, DateTimeOffset from, DateTimeOffset now, DateTimeOffset firstUse, CancellationToken cancellationToken)
    {
        var found = new List<Incident>();
        foreach (var of in new[] { CaseOf.Tenant, CaseOf.User, CaseOf.Key })
        {
            var firsts = await CandidatesAsync(tenant, of, from, now, firstUse, cancellationToken);
            if (firsts.Count == 0) continue;
            var stretches = await StretchesAsync(tenant, of, firsts, from, now, cancellationToken);
            foreach (var (subject, stretch) in stretches.OrderByDescending(static one => one.Stretch.Cost - one.Stretch.Expected).Take(MostStretches))
                if (await LookIntoAsync(subject, stretch, firsts[subject.Name], now, cancellationToken) is { } incident) found.Add(incident);
        }
        return found;
    }

    /// <summary>What a subject cost in a stretch of time, and what is expected of it; null when that is not unusual.</summary>
    public async Task<Incident?> MeasureAsync(CaseSubject subject, DateTimeOffset from, DateTimeOffset to, bool goesOn, DateTimeOffset firstUse, CancellationToken cancellationToken)
    {
        var weeks = KnownWeeks(from, firstUse);
        var costs = new List<decimal>();
        for (var week = 0; week <= weeks; week++) costs.Add((await ReadAsync(subject.Filter, from - (week * Week), to - (week * Week), Grain.Total, [], cancellationToken)).Total.Cost);
        var baseline = Baseline.Of(costs[1..]);
        var (cost, known) = (costs[0], weeks > 0);
        if (cost - baseline.Expected < options.MinimumUsd || (known && !baseline.IsUnusual(cost, options))) return null;
        if (!known && cost * 100 < await CostOfTenantAsync(subject.Tenant, from, to, cancellationToken) * options.NewcomerPercent) return null;
        return new(subject, from, to, goesOn, cost, baseline.Expected, decimal.Round(baseline.Score(cost), 3), [.. Baseline.Middle(costs[1..]).Select(static at => at + 1)], weeks);
    }

    /// <summary>When each was first seen, of those whose cost is enough.</summary>
    private async Task<IReadOnlyDictionary<string, DateTimeOffset>> CandidatesAsync(string tenant, CaseOf of, DateTimeOffset from, DateTimeOffset now, DateTimeOffset firstUse, CancellationToken cancellationToken)
    {
        var subject = new CaseSubject(tenant, of, "");
        var filter = UsageFilter.None.With(Dimension.Tenant, tenant);
        var read = await ReadAsync(filter, from, Ceiling(now, Quarter), Grain.Total, of == CaseOf.Tenant ? [] : [subject.Dimension], cancellationToken);
        if (of == CaseOf.Tenant) return read.Total.Cost < options.MinimumUsd ? new Dictionary<string, DateTimeOffset>() : new() { [""] = firstUse };
        var names = read.Rows.Where(row => row.Group[0] is not null && row.Measures.Cost >= options.MinimumUsd).OrderByDescending(static row => row.Measures.Cost).Take(MostSubjects).Select(static row => row.Group[0]!).ToList();
        return names.Count == 0 ? new Dictionary<string, DateTimeOffset>() : await subjects.FindFirstUsesAsync(Reach.Of(tenant), tenant, subject.Dimension, names, cancellationToken);
    }

    private async Task<IReadOnlyList<(CaseSubject Subject, HotStretch Stretch)>> StretchesAsync(string tenant, CaseOf of, IReadOnlyDictionary<string, DateTimeOffset> firsts, DateTimeOffset from, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var (to, count) = (Ceiling(now, Hour), (int)((Ceiling(now, Hour) - from) / Hour));
        var weeks = new List<Dictionary<string, decimal[]>> { await HoursAsync(tenant, of, firsts.Keys, from, Ceiling(now, Quarter), from, count, cancellationToken) };
        for (var week = 1; week <= firsts.Values.Max(first => KnownWeeks(from, first)); week++)
        {
            var start = from - Hour - (week * Week);
            weeks.Add(await HoursAsync(tenant, of, firsts.Keys, start, to + Hour - (week * Week), start, count + 2, cancellationToken));
        }
        var found = new List<(CaseSubject, HotStretch)>();
        foreach (var (name, first) in firsts)
        {
            var known = weeks.Skip(1).Take(KnownWeeks(from, first)).Select(week => (IReadOnlyList<decimal>)(week.GetValueOrDefault(name) ?? new decimal[count + 2])).ToList();
            var hours = new CostHours(from, weeks[0].GetValueOrDefault(name) ?? new decimal[count], known, now < to ? count - 1 : count);
            found.AddRange(Detector.Find(hours, options).Where(stretch => stretch.Cost >= options.MinimumUsd).Select(stretch => (new CaseSubject(tenant, of, name), stretch)));
        }
        return found;
    }

    private async Task<Dictionary<string, decimal[]>> HoursAsync(string tenant, CaseOf of, IEnumerable<string> names, DateTimeOffset from, DateTimeOffset to, DateTimeOffset first, int count, CancellationToken cancellationToken)
    {
        var filter = UsageFilter.None.With(Dimension.Tenant, tenant);
        var by = new CaseSubject(tenant, of, "").Dimension;
        var read = await ReadAsync(of == CaseOf.Tenant ? filter : filter.With(by, [.. names]), from, to, Grain.Hour, of == CaseOf.Tenant ? [] : [by], cancellationToken);
        return read.Rows.GroupBy(row => row.Group.Count == 0 ? "" : row.Group[0] ?? "").ToDictionary(static rows => rows.Key, rows =>
        {
            var costs = new decimal[count];
            foreach (var row in rows) costs[(int)((row.Bucket!.Value - first) / Hour)] += row.Measures.Cost;
            return costs;
        });
    }

    private async Task<Incident?> LookIntoAsync(CaseSubject subject, HotStretch stretch, DateTimeOffset firstUse, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var read = await ReadAsync(subject.Filter, stretch.From, stretch.To < now ? stretch.To : Ceiling(now, Quarter), Grain.QuarterHour, [], cancellationToken);
        var quiet = stretch.Cost / (decimal)((stretch.To - stretch.From) / Quarter) * QuietQuarter;
        var loud = read.Rows.Where(row => row.Measures.Cost > quiet).Select(static row => row.Bucket!.Value.ToUniversalTime()).ToList();
        return loud.Count == 0 ? null : await MeasureAsync(subject, loud.Min(), loud.Max() + Quarter, stretch.GoesOn, firstUse, cancellationToken);
    }

    private async Task<decimal> CostOfTenantAsync(string tenant, DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken) =>
        (await ReadAsync(UsageFilter.None.With(Dimension.Tenant, tenant), from, to, Grain.Total, [], cancellationToken)).Total.Cost;

    /// <summary>Whole weeks before a time that its subject was there, none when it was first seen a short while ago.</summary>
    private int KnownWeeks(DateTimeOffset from, DateTimeOffset firstUse) => from - firstUse < TimeSpan.FromDays(options.HistoryDays) ? 0 : Math.Min(MostWeeks, (int)((from - firstUse) / Week));

    private Task<Breakdown> ReadAsync(UsageFilter filter, DateTimeOffset from, DateTimeOffset to, Grain grain, IReadOnlyList<Facet> groupBy, CancellationToken cancellationToken) =>
        usage.BreakdownAsync(Reach.Platform, new(from, to, TimeZoneInfo.Utc, grain, groupBy, filter) { Percentiles = false }, cancellationToken);

    private static DateTimeOffset Ceiling(DateTimeOffset at, TimeSpan width) => new(at.UtcTicks + width.Ticks - 1 - ((at.UtcTicks + width.Ticks - 1) % width.Ticks), TimeSpan.Zero);
}
