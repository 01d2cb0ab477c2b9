using System.Globalization;
using System.Text.Json;
using Npgsql;
using NpgsqlTypes;

namespace AgentConsole.Usage;

/// <summary>Where a page of requests ended. Opaque to callers, safe in a URL.</summary>
/// <param name="Value">Of what is sorted by besides time: the cost in 10^-12 USD or the latency; null when that is unknown.</param>
internal sealed record RequestCursor(RequestSort Sort, bool Ascending, long? Value, DateTime OccurredAt, string Tenant, string Id, string Source)
{
    public static RequestCursor After(RequestRow row, RequestQuery query) => new(
        query.Sort, query.Ascending,
        query.Sort switch { RequestSort.Cost => row.Cost is { } cost ? RequestConditions.Pico(cost) : null, RequestSort.LatencyMs => row.LatencyMs, _ => 0 },
        row.OccurredAt.UtcDateTime, row.Tenant, row.Id, row.Source);

    /// <summary>Null when it is not one of ours, or of another order.</summary>
    public static RequestCursor? Parse(string text, RequestSort sort, bool ascending)
    {
        try
        {
            var cursor = JsonSerializer.Deserialize<RequestCursor>(Convert.FromBase64String(text.Replace('-', '+').Replace('_', '/').PadRight((text.Length + 3) / 4 * 4, '=')));
            return cursor is { Tenant: not null, Id: not null, Source: not null } && cursor.Sort == sort && cursor.Ascending == ascending && !$"{cursor.Tenant}{cursor.Id}{cursor.Source}".Contains('\0') ? cursor : null;
        }
        catch (Exception error) when (error is FormatException or JsonException)
        {
            return null;
        }
    }

    public override string ToString() =>
        Convert.ToBase64String(JsonSerializer.SerializeToUtf8Bytes(this)).TrimEnd('=').Replace('+', '-').Replace('/', '_');

    /// <summary>"Comes after this row".</summary>
    /// <param name="key">The column sorted by before time; null when there is none, or its value is unknown.</param>
    /// <param name="ascending">The direction of the part of the list that the row is in.</param>
    public string Condition(NpgsqlCommand command, string? key, bool ascending)
    {
        var than = ascending ? ">" : "<";
        var values = new List<string>();
        if (key is not null) values.Add(Add(command, NpgsqlDbType.Bigint, Value ?? 0));
        values.Add(Add(command, NpgsqlDbType.TimestampTz, OccurredAt.ToUniversalTime()));
        var bound = key is null ? $" AND r.occurred_at {than}= {values[^1]}" : "";
        foreach (var text in new[] { Tenant, Id, Source }) values.Add(Add(command, NpgsqlDbType.Text, text));
        return $" AND ({(key is null ? "" : key + ", ")}r.occurred_at, r.tenant_id, r.event_id, r.source) {than} ({string.Join(", ", values)}){bound}";
    }

    private static string Add(NpgsqlCommand command, NpgsqlDbType type, object value)
    {
        command.Parameters.Add(new() { Value = value, NpgsqlDbType = type });
        return string.Create(CultureInfo.InvariantCulture, $"${command.Parameters.Count}");
    }
}
