using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace AgentConsole.Migrations
{
    /// <inheritdoc />
    public partial class Initial : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "tenants",
                columns: table => new
                {
                    tenant_id = table.Column<string>(type: "character varying(64)", maxLength: 64, nullable: false, collation: "C"),
                    name = table.Column<string>(type: "character varying(200)", maxLength: 200, nullable: false),
                    time_zone = table.Column<string>(type: "character varying(64)", maxLength: 64, nullable: false),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_tenants", x => x.tenant_id);
                });

            migrationBuilder.CreateTable(
                name: "usage_events",
                columns: table => new
                {
                    tenant_id = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    source = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    event_id = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    occurred_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    received_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    provider = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    model = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    requested_model = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    operation = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    status = table.Column<short>(type: "smallint", nullable: false),
                    http_status = table.Column<int>(type: "integer", nullable: true),
                    error = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    user_id = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    key_id = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    team = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    session = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    thread = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    agent = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    tool = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    prompt = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    prompt_version = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    sandbox = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    tool_uses = table.Column<string>(type: "json", nullable: true),
                    raw_usage = table.Column<string>(type: "json", nullable: true),
                    usage_dialect = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    service_tier = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    batch = table.Column<bool>(type: "boolean", nullable: false),
                    region = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    cost = table.Column<decimal>(type: "numeric(28,12)", precision: 28, scale: 12, nullable: true),
                    cost_reported = table.Column<decimal>(type: "numeric(28,12)", precision: 28, scale: 12, nullable: true),
                    price_id = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    conflicts = table.Column<string[]>(type: "text[]", nullable: false),
                    latency_ms = table.Column<int>(type: "integer", nullable: true),
                    ttft_ms = table.Column<int>(type: "integer", nullable: true),
                    stream = table.Column<bool>(type: "boolean", nullable: false),
                    attempt_count = table.Column<int>(type: "integer", nullable: false),
                    attempts = table.Column<string>(type: "json", nullable: true),
                    hops = table.Column<string>(type: "json", nullable: true),
                    tags = table.Column<string>(type: "jsonb", nullable: true),
                    audio_cache_read = table.Column<long>(type: "bigint", nullable: false),
                    audio_input = table.Column<long>(type: "bigint", nullable: false),
                    audio_output = table.Column<long>(type: "bigint", nullable: false),
                    cache_read = table.Column<long>(type: "bigint", nullable: false),
                    cache_write_1h = table.Column<long>(type: "bigint", nullable: false),
                    cache_write_5m = table.Column<long>(type: "bigint", nullable: false),
                    image_input = table.Column<long>(type: "bigint", nullable: false),
                    image_output = table.Column<long>(type: "bigint", nullable: false),
                    input = table.Column<long>(type: "bigint", nullable: false),
                    output = table.Column<long>(type: "bigint", nullable: false),
                    reasoning = table.Column<long>(type: "bigint", nullable: false),
                    video_input = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_usage_events", x => new { x.tenant_id, x.occurred_at, x.event_id, x.source });
                });

            // EF cannot say "partitioned": its table becomes the default partition, which takes every row that no month's partition does.
            migrationBuilder.Sql("""
                ALTER TABLE usage_events RENAME TO usage_events_default;
                ALTER INDEX "PK_usage_events" RENAME TO "PK_usage_events_default";
                ALTER TABLE usage_events_default ADD COLUMN xid xid8 NOT NULL DEFAULT pg_current_xact_id();
                CREATE TABLE usage_events (LIKE usage_events_default INCLUDING DEFAULTS INCLUDING STORAGE,
                  CONSTRAINT "PK_usage_events" PRIMARY KEY (tenant_id, occurred_at, event_id, source)) PARTITION BY RANGE (occurred_at);
                ALTER TABLE usage_events ATTACH PARTITION usage_events_default DEFAULT;
                CREATE INDEX "IX_usage_events_xid" ON usage_events (xid);
                CREATE TABLE usage_rollup_watermark (xid xid8 NOT NULL, rolled_at timestamptz NOT NULL);
                INSERT INTO usage_rollup_watermark VALUES ('0', '2000-01-01Z');
                """);

            migrationBuilder.CreateTable(
                name: "usage_keys",
                columns: table => new
                {
                    tenant_id = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    event_id = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    source = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    occurred_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_usage_keys", x => new { x.tenant_id, x.event_id, x.source });
                });

            migrationBuilder.CreateTable(
                name: "usage_rejections",
                columns: table => new
                {
                    tenant_id = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    rejection_id = table.Column<Guid>(type: "uuid", nullable: false),
                    received_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    source = table.Column<string>(type: "text", nullable: false),
                    event_id = table.Column<string>(type: "text", nullable: true),
                    error = table.Column<string>(type: "text", nullable: false),
                    payload = table.Column<string>(type: "text", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_usage_rejections", x => new { x.tenant_id, x.received_at, x.rejection_id });
                });

            migrationBuilder.CreateTable(
                name: "usage_rollups",
                columns: table => new
                {
                    tenant_id = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    kind = table.Column<short>(type: "smallint", nullable: false),
                    grain = table.Column<short>(type: "smallint", nullable: false),
                    bucket_start = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    subject = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    provider = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    model = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    status = table.Column<short>(type: "smallint", nullable: false),
                    requests = table.Column<long>(type: "bigint", nullable: false),
                    attempts = table.Column<long>(type: "bigint", nullable: false),
                    unpriced = table.Column<long>(type: "bigint", nullable: false),
                    cost = table.Column<decimal>(type: "numeric(38,12)", precision: 38, scale: 12, nullable: false),
                    latency = table.Column<long[]>(type: "bigint[]", nullable: false),
                    audio_cache_read = table.Column<long>(type: "bigint", nullable: false),
                    audio_input = table.Column<long>(type: "bigint", nullable: false),
                    audio_output = table.Column<long>(type: "bigint", nullable: false),
                    cache_read = table.Column<long>(type: "bigint", nullable: false),
                    cache_write_1h = table.Column<long>(type: "bigint", nullable: false),
                    cache_write_5m = table.Column<long>(type: "bigint", nullable: false),
                    image_input = table.Column<long>(type: "bigint", nullable: false),
                    image_output = table.Column<long>(type: "bigint", nullable: false),
                    input = table.Column<long>(type: "bigint", nullable: false),
                    output = table.Column<long>(type: "bigint", nullable: false),
                    reasoning = table.Column<long>(type: "bigint", nullable: false),
                    video_input = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_usage_rollups", x => new { x.tenant_id, x.kind, x.grain, x.bucket_start, x.subject, x.provider, x.model, x.status });
                })
                .Annotation("Npgsql:StorageParameter:fillfactor", 80);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "tenants");

            migrationBuilder.DropTable(
                name: "usage_events");

            migrationBuilder.DropTable(
                name: "usage_rollup_watermark");

            migrationBuilder.DropTable(
                name: "usage_keys");

            migrationBuilder.DropTable(
                name: "usage_rejections");

            migrationBuilder.DropTable(
                name: "usage_rollups");
        }
    }
}
