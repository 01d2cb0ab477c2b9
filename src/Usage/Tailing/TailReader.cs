using System.Globalization;
using AgentConsole.Platform.Data;
using Npgsql;
using NpgsqlTypes;

namespace AgentConsole.Usage.Tailing;

/// <summary>
/// Reads what came in since a place, by the numbers of the transactions that wrote it. Transactions commit in another order than they begin, so each read goes on from the oldest one still under
/// way and takes off what it had counted beyond: none is missed, none is counted twice, and a transaction that takes long holds nobody up.
/// </summary>
internal static class TailReader
{
    /// <summary>More than so many at once are not counted one by one.</summary>
    public const int MostCounted = 100_000;

    private static readonly TimeSpan Opening = TimeSpan.FromHours(1);
    /// <summary>No event is further ahead than this.</summary>
    private static readonly TimeSpan FutureAllowed = TimeSpan.FromMinutes(10);

    /// <summary>The newest of the last hour, by when they happened, and the place to go on from.</summary>
    public static async Task<TailRead> BeginAsync(Session session, TailQuery query, string[] tenants, int limit, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var place = await PlaceAsync(session, query, tenants, cancellationToken);
        var newest = new RequestQuery(now - Opening, now + FutureAllowed, query.Filter, Limit: limit) { Where = query.Where };
        return new(place, 0, (await RequestReader.ReadAsync(session.Connection, newest, tenants, cancellationToken)).Items);
    }

    public static async Task<TailRead> NextAsync(Session session, TailQuery query, string[] tenants, TailPlace before, int limit, CancellationToken cancellationToken)
    {
        var counted = await CountAsync(session, query, tenants, before.From, cancellationToken);
        var place = await PlaceAsync(session, query, tenants, cancellationToken);
        var fresh = Math.Max(0, counted - before.Beyond);
        return new(place, fresh, fresh == 0 ? [] : await RowsAsync(session, query, tenants, before.From, limit, cancellationToken));
    }

    private static async Task<TailPlace> PlaceAsync(Session session, TailQuery query, string[] tenants, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("SELECT pg_snapshot_xmin(pg_current_snapshot())", session.Connection);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        var from = reader.GetFieldValue<ulong>(0);
        await reader.DisposeAsync();
        return new(from, await CountAsync(session, query, tenants, from, cancellationToken));
    }

    private static async Task<long> CountAsync(Session session, TailQuery query, string[] tenants, ulong from, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand { Connection = session.Connection };
        var where = Where(command, query, tenants, from);
        command.CommandText = string.Create(CultureInfo.InvariantCulture, $"SELECT count(*) FROM (SELECT FROM usage_events AS r WHERE {where} LIMIT {MostCounted}) AS r");
        return (long)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    private static async Task<IReadOnlyList<RequestRow>> RowsAsync(Session session, TailQuery query, string[] tenants, ulong from, int limit, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand { Connection = session.Connection };
        var where = Where(command, query, tenants, from);
        command.CommandText = string.Create(CultureInfo.InvariantCulture, $"SELECT {RequestReader.Columns} FROM usage_events AS r WHERE {where} ORDER BY r.xid DESC, r.occurred_at DESC, r.tenant_id, r.event_id LIMIT {limit}");
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var rows = new List<RequestRow>();
        while (await reader.ReadAsync(cancellationToken)) rows.Add(RequestReader.Row(reader));
        return rows;
    }

    private static string Where(NpgsqlCommand command, TailQuery query, string[] tenants, ulong from)
    {
        command.Parameters.Add(new() { Value = tenants, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text });
        command.Parameters.Add(new() { Value = from, NpgsqlDbType = NpgsqlDbType.Xid8 });
        return $"r.tenant_id = ANY($1) AND r.xid >= $2{UsageSql.Filter(command, query.Filter, UsageSql.EventColumn)}{RequestConditions.Sql(command, query.Where)}";
    }
}
