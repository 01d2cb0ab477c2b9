using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace AgentConsole.Migrations
{
    /// <inheritdoc />
    public partial class Prices : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "audit_entries",
                columns: table => new
                {
                    tenant_id = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    sequence = table.Column<long>(type: "bigint", nullable: false),
                    at = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    actor = table.Column<string>(type: "text", nullable: false),
                    action = table.Column<string>(type: "text", nullable: false),
                    subject = table.Column<string>(type: "text", nullable: false),
                    before = table.Column<string>(type: "jsonb", nullable: true),
                    after = table.Column<string>(type: "jsonb", nullable: true),
                    address = table.Column<string>(type: "text", nullable: true),
                    trace_id = table.Column<string>(type: "text", nullable: true),
                    previous_hash = table.Column<byte[]>(type: "bytea", nullable: false),
                    hash = table.Column<byte[]>(type: "bytea", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_audit_entries", x => new { x.tenant_id, x.sequence });
                });

            migrationBuilder.CreateTable(
                name: "audit_heads",
                columns: table => new
                {
                    tenant_id = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    sequence = table.Column<long>(type: "bigint", nullable: false),
                    hash = table.Column<byte[]>(type: "bytea", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_audit_heads", x => x.tenant_id);
                });

            migrationBuilder.CreateTable(
                name: "price_rows",
                columns: table => new
                {
                    tenant_id = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    row_id = table.Column<Guid>(type: "uuid", nullable: false),
                    price_id = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    price_key = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    document = table.Column<string>(type: "jsonb", nullable: false),
                    origin = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    added_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    added_by = table.Column<string>(type: "text", nullable: false),
                    retired_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_price_rows", x => new { x.tenant_id, x.row_id });
                });

            migrationBuilder.CreateTable(
                name: "price_versions",
                columns: table => new
                {
                    tenant_id = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    version = table.Column<long>(type: "bigint", nullable: false),
                    changed_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_price_versions", x => x.tenant_id);
                });

            migrationBuilder.CreateTable(
                name: "reprice_runs",
                columns: table => new
                {
                    tenant_id = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    run_id = table.Column<Guid>(type: "uuid", nullable: false),
                    range_from = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    range_to = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    provider = table.Column<string>(type: "text", nullable: true),
                    model = table.Column<string>(type: "text", nullable: true),
                    state = table.Column<short>(type: "smallint", nullable: false),
                    book_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    barrier = table.Column<decimal>(type: "numeric(20,0)", precision: 20, scale: 0, nullable: true),
                    cursor_tenant = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    cursor_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    cursor_id = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    cursor_source = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    batch = table.Column<int>(type: "integer", nullable: false),
                    expected = table.Column<long>(type: "bigint", nullable: false),
                    scanned = table.Column<long>(type: "bigint", nullable: false),
                    changed = table.Column<long>(type: "bigint", nullable: false),
                    old_cost = table.Column<decimal>(type: "numeric(38,12)", precision: 38, scale: 12, nullable: false),
                    new_cost = table.Column<decimal>(type: "numeric(38,12)", precision: 38, scale: 12, nullable: false),
                    started_by = table.Column<string>(type: "text", nullable: false),
                    started_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    updated_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    finished_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    failures = table.Column<int>(type: "integer", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_reprice_runs", x => new { x.tenant_id, x.run_id });
                });

            migrationBuilder.CreateTable(
                name: "usage_corrections",
                columns: table => new
                {
                    tenant_id = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    run_id = table.Column<Guid>(type: "uuid", nullable: false),
                    batch = table.Column<int>(type: "integer", nullable: false),
                    day = table.Column<DateOnly>(type: "date", nullable: false),
                    provider = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    model = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    requests = table.Column<long>(type: "bigint", nullable: false),
                    old_cost = table.Column<decimal>(type: "numeric(38,12)", precision: 38, scale: 12, nullable: false),
                    new_cost = table.Column<decimal>(type: "numeric(38,12)", precision: 38, scale: 12, nullable: false),
                    unpriced_before = table.Column<long>(type: "bigint", nullable: false),
                    unpriced_after = table.Column<long>(type: "bigint", nullable: false),
                    corrected_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_usage_corrections", x => new { x.tenant_id, x.run_id, x.batch, x.day, x.provider, x.model });
                });

            migrationBuilder.CreateIndex(
                name: "IX_price_rows_tenant_id_price_key",
                table: "price_rows",
                columns: new[] { "tenant_id", "price_key" },
                unique: true,
                filter: "retired_at IS NULL");

            migrationBuilder.CreateIndex(
                name: "IX_usage_corrections_tenant_id_day",
                table: "usage_corrections",
                columns: new[] { "tenant_id", "day" });

            // What money queues and the filters of requests look for is rare: an index of those rows alone costs ingestion next to nothing.
            migrationBuilder.Sql("""
                CREATE INDEX "IX_usage_events_unpriced" ON usage_events (tenant_id, occurred_at) WHERE cost IS NULL;
                CREATE INDEX "IX_usage_events_conflicts" ON usage_events (tenant_id, occurred_at) WHERE conflicts <> '{}';
                """);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.Sql("""
                DROP INDEX "IX_usage_events_unpriced";
                DROP INDEX "IX_usage_events_conflicts";
                """);

            migrationBuilder.DropTable(
                name: "audit_entries");

            migrationBuilder.DropTable(
                name: "audit_heads");

            migrationBuilder.DropTable(
                name: "price_rows");

            migrationBuilder.DropTable(
                name: "price_versions");

            migrationBuilder.DropTable(
                name: "reprice_runs");

            migrationBuilder.DropTable(
                name: "usage_corrections");
        }
    }
}
