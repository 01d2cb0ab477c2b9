using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace AgentConsole.Migrations
{
    /// <summary>Fills the levels that are new from those that are there: six hours, weeks, and users and keys without models.</summary>
    public partial class RollupLevels : Migration
    {
        private static readonly string[] Columns =
        [
            "requests", "failures", "attempts", "unpriced", "cost", "input", "cache_read", "cache_write_5m", "cache_write_1h", "output", "reasoning",
            "audio_input", "audio_output", "image_input", "image_output", "video_input", "audio_cache_read",
        ];

        private static readonly string Sums = string.Join(", ", Columns);
        private static readonly string Summed = string.Join(", ", Columns.Select(static column => $"sum({column})"));

        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<long>(name: "failures", table: "usage_rollups", type: "bigint", nullable: false, defaultValue: 0L);
            migrationBuilder.Sql($$"""
                UPDATE usage_rollups SET failures = requests WHERE status = 1;
                ALTER TABLE usage_rollups ALTER COLUMN failures DROP DEFAULT;
                ALTER TABLE usage_rollups RENAME COLUMN latency TO latency_entries;
                ALTER TABLE usage_rollups ADD COLUMN latency bytea NOT NULL DEFAULT '';

                CREATE TEMP TABLE new_levels ON COMMIT DROP AS
                SELECT r.tenant_id, l.to_kind AS kind, l.to_grain AS grain, date_bin(l.width, r.bucket_start, '2001-01-01T00:00:00Z') AS bucket_start, r.subject,
                       CASE WHEN l.to_kind > 3 THEN '' ELSE r.provider END AS provider, CASE WHEN l.to_kind > 3 THEN '' ELSE r.model END AS model, CASE WHEN l.to_kind > 3 THEN -1 ELSE r.status END AS status, r.latency_entries, {{Sums}}
                FROM usage_rollups AS r
                JOIN (VALUES (1, 2, 1, 4, interval '6 hours'),
                             (2, 1, 4, 4, interval '6 hours'), (2, 3, 4, 3, interval '24 hours'), (2, 3, 4, 5, interval '168 hours'),
                             (3, 1, 5, 4, interval '6 hours'), (3, 3, 5, 3, interval '24 hours'), (3, 3, 5, 5, interval '168 hours'))
                  AS l(kind, grain, to_kind, to_grain, width) ON l.kind = r.kind AND l.grain = r.grain;

                INSERT INTO usage_rollups (tenant_id, kind, grain, bucket_start, subject, provider, model, status, {{Sums}}, latency_entries)
                SELECT tenant_id, kind, grain, bucket_start, subject, provider, model, status, {{Summed}}, '{}'
                FROM new_levels GROUP BY tenant_id, kind, grain, bucket_start, subject, provider, model, status;

                UPDATE usage_rollups AS r SET latency_entries = h.latency
                FROM (
                  SELECT tenant_id, kind, grain, bucket_start, subject, provider, model, status, array_agg((bin << 40) + n) AS latency
                  FROM (
                    SELECT tenant_id, kind, grain, bucket_start, subject, provider, model, status, e >> 40 AS bin, sum(e & 1099511627775)::bigint AS n
                    FROM new_levels, unnest(latency_entries) AS e GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9) AS bins
                  GROUP BY 1, 2, 3, 4, 5, 6, 7, 8) AS h
                WHERE r.tenant_id = h.tenant_id AND r.kind = h.kind AND r.grain = h.grain AND r.bucket_start = h.bucket_start
                  AND r.subject = h.subject AND r.provider = h.provider AND r.model = h.model AND r.status = h.status;

                UPDATE usage_rollups SET latency = coalesce(
                  (SELECT string_agg(set_byte('\x00', 0, (e >> 40)::int) || int4send((e & 1099511627775)::int), '') FROM unnest(latency_entries) AS e), '');
                ALTER TABLE usage_rollups ALTER COLUMN latency DROP DEFAULT;
                ALTER TABLE usage_rollups DROP COLUMN latency_entries;
                """);
            migrationBuilder.CreateIndex(name: "IX_usage_rollups_subject", table: "usage_rollups", columns: ["tenant_id", "kind", "grain", "subject", "bucket_start"], filter: "kind > 1");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(name: "IX_usage_rollups_subject", table: "usage_rollups");
            migrationBuilder.Sql("""
                DELETE FROM usage_rollups WHERE kind > 3 OR grain > 3;
                ALTER TABLE usage_rollups ADD COLUMN latency_entries bigint[] NOT NULL DEFAULT '{}';
                UPDATE usage_rollups SET latency_entries = coalesce(
                  (SELECT array_agg((get_byte(latency, at)::bigint << 40) + (get_byte(latency, at + 1)::bigint << 24 | get_byte(latency, at + 2) << 16 | get_byte(latency, at + 3) << 8 | get_byte(latency, at + 4)))
                   FROM generate_series(0, length(latency) - 5, 5) AS at), '{}');
                ALTER TABLE usage_rollups DROP COLUMN latency;
                ALTER TABLE usage_rollups RENAME COLUMN latency_entries TO latency;
                ALTER TABLE usage_rollups ALTER COLUMN latency DROP DEFAULT;
                ALTER TABLE usage_rollups DROP COLUMN failures;
                """);
        }
    }
}
