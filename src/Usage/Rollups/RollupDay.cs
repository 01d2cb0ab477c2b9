using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Npgsql;
using NpgsqlTypes;

namespace AgentConsole.Usage.Rollups;

/// <summary>A UTC day of a tenant that has rollups. Its version is raised by every change of them, in the transaction that makes it: what was read at a version is what there is at that version.</summary>
internal sealed class RollupDay
{
    public required string TenantId { get; init; }
    public DateOnly Day { get; init; }
    public long Version { get; init; }

    /// <summary>In one order, after the rollups themselves, so that writers never deadlock.</summary>
    private const string Raise = """
        INSERT INTO usage_rollup_days AS d (tenant_id, day, version)
        SELECT r.tenant_id, r.day, 1 FROM unnest($1, $2) AS r(tenant_id, day) ORDER BY 1, 2
        ON CONFLICT (tenant_id, day) DO UPDATE SET version = d.version + 1
        """;

    /// <summary>Says that the rollups of a batch have changed, in the caller's transaction.</summary>
    public static async Task RaiseAsync(NpgsqlConnection connection, IReadOnlyList<KeyValuePair<RollupKey, RollupSums>> rows, CancellationToken cancellationToken)
    {
        var days = rows.Where(static row => row.Key.Grain == RollupGrain.QuarterHour).Select(static row => (row.Key.Tenant, Day: DateOnly.FromDateTime(row.Key.BucketStart))).Distinct().ToArray();
        await using var command = new NpgsqlCommand(Raise, connection);
        command.Parameters.Add(new() { Value = days.Select(static day => day.Tenant).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text });
        command.Parameters.Add(new() { Value = days.Select(static day => day.Day).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Date });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private sealed class Mapping : IEntityTypeConfiguration<RollupDay>
    {
        public void Configure(EntityTypeBuilder<RollupDay> builder)
        {
            builder.ToTable("usage_rollup_days").HasKey(day => new { day.TenantId, day.Day });
            builder.Property(day => day.TenantId).UseCollation("C");
        }
    }
}
