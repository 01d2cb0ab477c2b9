using AgentConsole.Access;
using AgentConsole.Platform.Data;
using Npgsql;
using NpgsqlTypes;

namespace AgentConsole.Usage.Ingest;

/// <summary>
/// Writes a group of batches exactly once. In one transaction: 1. tenants named for the first time; 2. the keys, which tell what is new; 3. the new events, by COPY;
/// 4. refused items; 5. hop timings. Keys are locked in one order, so writers never deadlock. The rollups follow (<see cref="Rollups.RollUpUsage"/>).
/// </summary>
internal sealed class LedgerTransaction(Database database, TimeProvider time)
{
    private const string InsertTenants = """
        INSERT INTO tenants (tenant_id, name, time_zone, created_at)
        SELECT id, id, 'UTC', $2 FROM unnest($1) AS id ORDER BY id ON CONFLICT DO NOTHING
        """;

    /// <summary>Answers the ordinals of the keys that were there before.</summary>
    private const string InsertKeys = """
        WITH sent AS (SELECT * FROM unnest($1, $2, $3, $4) WITH ORDINALITY AS s(tenant_id, event_id, source, occurred_at, position)),
        taken AS (INSERT INTO usage_keys (tenant_id, event_id, source, occurred_at)
                  SELECT tenant_id, event_id, source, occurred_at FROM sent ON CONFLICT DO NOTHING
                  RETURNING tenant_id, event_id, source)
        SELECT position FROM sent LEFT JOIN taken USING (tenant_id, event_id, source) WHERE taken.tenant_id IS NULL
        """;

    private readonly HashSet<string> _knownTenants = [];
    private readonly Lock _knownTenantsLock = new();

    /// <summary>How many events of each batch were already in the ledger.</summary>
    public async Task<int[]> WriteAsync(IReadOnlyList<IngestBatch> group, CancellationToken cancellationToken)
    {
        var distinct = Distinct(group, out var duplicates);
        var receivedAt = time.GetUtcNow();
        await using var connection = await database.Source.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);

        var rejected = group.SelectMany(static batch => batch.Rejected).ToList();
        var hops = group.SelectMany(static batch => batch.Hops).ToList();
        var named = distinct.Select(static item => item.Usage.TenantId).Concat(rejected.Select(static item => item.TenantId)).Concat(hops.Select(static hop => hop.TenantId));
        var newTenants = await InsertTenantsAsync(connection, named, receivedAt, cancellationToken);
        await foreach (var position in KnownKeysAsync(connection, distinct, cancellationToken))
        {
            duplicates[distinct[position].Batch]++;
            distinct[position] = distinct[position] with { IsNew = false };
        }
        var added = distinct.Where(static item => item.IsNew).Select(static item => item.Usage).ToList();
        await LedgerCopy.EventsAsync(connection, added, receivedAt, cancellationToken);
        await LedgerCopy.RejectedAsync(connection, rejected, cancellationToken);
        await InsertHops.ExecuteAsync(connection, hops, cancellationToken);

        await transaction.CommitAsync(cancellationToken);
        Remember(newTenants);
        return duplicates;
    }

    private readonly record struct Item(UsageEvent Usage, int Batch, bool IsNew);

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
                if (seen.Add((usage.TenantId, usage.Id, usage.Source))) items.Add(new(usage, batch, IsNew: true));
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

    private static async IAsyncEnumerable<int> KnownKeysAsync(
        NpgsqlConnection connection, List<Item> items, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (items.Count == 0) yield break;
        await using var command = new NpgsqlCommand(InsertKeys, connection);
        Add(command, NpgsqlDbType.Text, items, static usage => usage.TenantId);
        Add(command, NpgsqlDbType.Text, items, static usage => usage.Id);
        Add(command, NpgsqlDbType.Text, items, static usage => usage.Source);
        Add(command, NpgsqlDbType.TimestampTz, items, static usage => usage.OccurredAt.UtcDateTime);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken)) yield return (int)reader.GetInt64(0) - 1;
    }

    private static void Add<T>(NpgsqlCommand command, NpgsqlDbType type, List<Item> items, Func<UsageEvent, T> value)
    {
        var values = new T[items.Count];
        for (var index = 0; index < values.Length; index++) values[index] = value(items[index].Usage);
        command.Parameters.Add(new() { Value = values, NpgsqlDbType = NpgsqlDbType.Array | type });
    }
}
