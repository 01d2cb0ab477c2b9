using System;
using AgentConsole.Platform.Data;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace AgentConsole.Migrations
{
    /// <inheritdoc />
    public partial class Limits : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "limit_checks",
                columns: table => new
                {
                    tenant_id = table.Column<string>(type: "character varying(64)", maxLength: 64, nullable: false, collation: "C"),
                    limit_id = table.Column<Guid>(type: "uuid", nullable: false),
                    checked_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    meters = table.Column<int>(type: "integer", nullable: false),
                    counted = table.Column<decimal>(type: "numeric(38,12)", precision: 38, scale: 12, nullable: false),
                    ledger = table.Column<decimal>(type: "numeric(38,12)", precision: 38, scale: 12, nullable: false),
                    held = table.Column<decimal>(type: "numeric(38,12)", precision: 38, scale: 12, nullable: false),
                    overshoot = table.Column<decimal>(type: "numeric(38,12)", precision: 38, scale: 12, nullable: false),
                    repaired = table.Column<decimal>(type: "numeric(38,12)", precision: 38, scale: 12, nullable: false),
                    repairs = table.Column<long>(type: "bigint", nullable: false),
                    repaired_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_limit_checks", x => new { x.tenant_id, x.limit_id });
                });

            migrationBuilder.CreateTable(
                name: "limit_settlements",
                columns: table => new
                {
                    tenant_id = table.Column<string>(type: "character varying(64)", maxLength: 64, nullable: false, collation: "C"),
                    request_id = table.Column<string>(type: "character varying(200)", maxLength: 200, nullable: false, collation: "C"),
                    reserved_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    settled_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    team = table.Column<string>(type: "character varying(200)", maxLength: 200, nullable: true, collation: "C"),
                    user_id = table.Column<string>(type: "character varying(200)", maxLength: 200, nullable: true, collation: "C"),
                    key_id = table.Column<string>(type: "character varying(200)", maxLength: 200, nullable: true, collation: "C"),
                    model = table.Column<string>(type: "character varying(200)", maxLength: 200, nullable: true, collation: "C"),
                    provider = table.Column<string>(type: "character varying(200)", maxLength: 200, nullable: true, collation: "C"),
                    session = table.Column<string>(type: "character varying(200)", maxLength: 200, nullable: true, collation: "C"),
                    tokens = table.Column<long>(type: "bigint", nullable: false),
                    cost = table.Column<decimal>(type: "numeric(28,12)", precision: 28, scale: 12, nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_limit_settlements", x => new { x.tenant_id, x.request_id });
                });

            migrationBuilder.CreateTable(
                name: "limit_versions",
                columns: table => new
                {
                    tenant_id = table.Column<string>(type: "character varying(64)", maxLength: 64, nullable: false, collation: "C"),
                    version = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_limit_versions", x => x.tenant_id);
                });

            migrationBuilder.CreateTable(
                name: "limits",
                columns: table => new
                {
                    tenant_id = table.Column<string>(type: "character varying(64)", maxLength: 64, nullable: false, collation: "C"),
                    limit_id = table.Column<Guid>(type: "uuid", nullable: false),
                    team = table.Column<string>(type: "character varying(200)", maxLength: 200, nullable: true, collation: "C"),
                    user_id = table.Column<string>(type: "character varying(200)", maxLength: 200, nullable: true, collation: "C"),
                    key_id = table.Column<string>(type: "character varying(200)", maxLength: 200, nullable: true, collation: "C"),
                    model = table.Column<string>(type: "character varying(200)", maxLength: 200, nullable: true, collation: "C"),
                    provider = table.Column<string>(type: "character varying(200)", maxLength: 200, nullable: true, collation: "C"),
                    session = table.Column<string>(type: "character varying(200)", maxLength: 200, nullable: true, collation: "C"),
                    measure = table.Column<short>(type: "smallint", nullable: false),
                    max_value = table.Column<decimal>(type: "numeric(28,12)", precision: 28, scale: 12, nullable: false),
                    window_of = table.Column<short>(type: "smallint", nullable: true),
                    action = table.Column<short>(type: "smallint", nullable: false),
                    expires_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    reason = table.Column<string>(type: "character varying(500)", maxLength: 500, nullable: true),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    created_by = table.Column<string>(type: "text", nullable: false),
                    changed_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    changed_by = table.Column<string>(type: "text", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_limits", x => new { x.tenant_id, x.limit_id });
                });

            migrationBuilder.CreateIndex(
                name: "IX_limit_settlements_tenant_id_reserved_at",
                table: "limit_settlements",
                columns: new[] { "tenant_id", "reserved_at" });

            migrationBuilder.Isolate("limits", "SELECT, INSERT, UPDATE, DELETE", "SELECT, INSERT, UPDATE, DELETE");
            migrationBuilder.Isolate("limit_versions", "SELECT, INSERT, UPDATE", "SELECT, INSERT, UPDATE");
            migrationBuilder.Isolate("limit_settlements", "SELECT, INSERT, DELETE", "SELECT");
            migrationBuilder.Isolate("limit_checks", "SELECT, INSERT, UPDATE, DELETE", "SELECT");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            foreach (var table in new[] { "limits", "limit_versions", "limit_settlements", "limit_checks" }) migrationBuilder.Unisolate(table);

            migrationBuilder.DropTable(
                name: "limit_checks");

            migrationBuilder.DropTable(
                name: "limit_settlements");

            migrationBuilder.DropTable(
                name: "limit_versions");

            migrationBuilder.DropTable(
                name: "limits");
        }
    }
}
