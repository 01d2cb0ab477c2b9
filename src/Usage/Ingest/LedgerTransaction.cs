using AgentConsole.Access;
using AgentConsole.Platform.Data;
using Npgsql;
using NpgsqlTypes;

namespace AgentConsole.Usage.Ingest;

/// <summary>
/// Writes a group of batches exactly once. In one transaction: 1. tenants named for the first time; 2. the events, whose keys tell which are new;
/// 3. their texts, of tenants that have them stored; 4. refused items; 5. hop timings. Keys are locked in one order, so writers never deadlock. The rollups follow (<see cref="Rollups.RollUpUsage"/>).
/// </summary>
internal sealed class LedgerTransaction(Database database, TimeProvider time)
{
    private const string InsertTenants = """
        INSERT INTO tenants (tenant_id, name, time_zone, created_at)
        SELECT id, id, 'UTC', $2 FROM unnest($1) AS id ORDER BY id ON CONFLICT DO NOTHING
        """;

    private readonly HashSet<string> _knownTenants = [];
    private readonly Lock _knownTenantsLock = new();

    /// <summary>How many events of each batch were already in the ledger.</summary>
    public async Task<int[]> WriteAsync(IReadOnlyList<IngestBatch> group, CancellationToken cancellationToken)
    {
        var distinct = Distinct(group, out var duplicates);
        var receivedAt = time.GetUtcNow();
        await using var session = await database.BeginAsync(Reach.Platform, cancellationToken);
        var connection = session.Connection;

        var rejected = group.SelectMany(static batch => batch.Rejected).ToList();
        var hops = group.SelectMany(static batch => batch.Hops).ToList();
        var named = distinct.Select(static item => item.Usage.TenantId).Concat(rejected.Select(static item => item.TenantId)).Concat(hops.Select(static hop => hop.TenantId));
        var newTenants = await InsertTenantsAsync(connection, named, receivedAt, cancellationToken);
        if (distinct.Count > 0)
        {
            var known = await LedgerCopy.EventsAsync(connection, distinct.Select(static item => item.Usage), receivedAt, cancellationToken);
            foreach (var position in known) duplicates[distinct[position].Batch]++;
            await InsertContents.ExecuteAsync(connection, New(distinct, known), receivedAt, cancellationToken);
        }
        await LedgerCopy.RejectedAsync(connection, rejected, cancellationToken);
        await InsertHops.ExecuteAsync(connection, hops, cancellationToken);

        await session.CommitAsync(cancellationToken);
        Remember(newTenants);
        return duplicates;
    }

    /// <summary>The events with texts that were not there before: a repeat changes nothing of the first.</summary>
    private static List<UsageEvent> New(List<Item> items, IReadOnlyList<int> known)
    {
        var told = new List<UsageEvent>();
        foreach (var item in items)
            if (item.Usage.Content is not null) told.Add(item.Usage);
        if (told.Count == 0 || known.Count == 0) return told;
        var repeats = known.Select(position => items[position].Usage).ToHashSet(ReferenceEqualityComparer.Instance);
        told.RemoveAll(repeats.Contains);
        return told;
    }

    private readonly record struct Item(UsageEvent Usage, int Batch);

    /// <summary>The first event of each key, in locking order; repeats inside the group are counted as duplicates at once.</summary>
    private static List<Item> Distinct(IReadOnlyList<IngestBatch> group, out int[] duplicates)
    {
        var items = new List<Item>(group.Sum(static batch => batch.Events.Count));
        var seen = new HashSet<(string, string, string)>(items.Capacity);
        duplicates = new int[group.Count];
        for (var batch = 0; batch < group.Count; batch++)
        {
            foreach (var usage in group[batch].Events)
            {
                if (seen.Add((usage.TenantId, usage.Id, usage.Source))) items.Add(new(usage, batch));
                else duplicates[batch]++;
            }
        }
        items.Sort(static (a, b) => CompareKeys(a.Usage, b.Usage));
        return items;
    }

    private static int CompareKeys(UsageEvent a, UsageEvent b)
    {
        var order = string.CompareOrdinal(a.TenantId, b.TenantId);
        if (order == 0) order = string.CompareOrdinal(a.Id, b.Id);
        return order == 0 ? string.CompareOrdinal(a.Source, b.Source) : order;
    }

    private async Task<string[]> InsertTenantsAsync(NpgsqlConnection connection, IEnumerable<string> named, DateTimeOffset at, CancellationToken cancellationToken)
    {
        string[] unknown;
        lock (_knownTenantsLock)
            unknown = [.. named.Distinct().Where(tenant => !_knownTenants.Contains(tenant))];
        if (unknown.Length == 0) return unknown;
        await using var command = new NpgsqlCommand(InsertTenants, connection);
        command.Parameters.Add(new() { Value = unknown, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text });
        command.Parameters.Add(new() { Value = at.UtcDateTime, NpgsqlDbType = NpgsqlDbType.TimestampTz });
        await command.ExecuteNonQueryAsync(cancellationToken);
        return unknown;
    }

    /// <summary>Bounded: past 100,000 tenants it starts anew, which costs one needless insert each.</summary>
    private void Remember(string[] tenants)
    {
        if (tenants.Length == 0) return;
        lock (_knownTenantsLock)
        {
            if (_knownTenants.Count > 100_000) _knownTenants.Clear();
            _knownTenants.UnionWith(tenants);
        }
    }
}
