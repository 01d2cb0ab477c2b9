using System;
using AgentConsole.Platform.Data;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace AgentConsole.Migrations
{
    /// <inheritdoc />
    public partial class Contents : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<int>(
                name: "content_days",
                table: "tenants",
                type: "integer",
                nullable: false,
                defaultValue: 30);

            migrationBuilder.AddColumn<DateTimeOffset>(
                name: "contents_deleted_at",
                table: "tenants",
                type: "timestamp with time zone",
                nullable: true);

            migrationBuilder.AddColumn<DateTimeOffset>(
                name: "contents_since",
                table: "tenants",
                type: "timestamp with time zone",
                nullable: true);

            migrationBuilder.AddColumn<int>(
                name: "event_days",
                table: "tenants",
                type: "integer",
                nullable: true);

            migrationBuilder.CreateTable(
                name: "content_periods",
                columns: table => new
                {
                    tenant_id = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    started_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    ended_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_content_periods", x => new { x.tenant_id, x.started_at });
                });

            migrationBuilder.CreateTable(
                name: "usage_contents",
                columns: table => new
                {
                    tenant_id = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    event_id = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    source = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    stored_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    input = table.Column<string>(type: "text", nullable: true),
                    input_bytes = table.Column<long>(type: "bigint", nullable: false),
                    input_cut = table.Column<bool>(type: "boolean", nullable: false),
                    output = table.Column<string>(type: "text", nullable: true),
                    output_bytes = table.Column<long>(type: "bigint", nullable: false),
                    output_cut = table.Column<bool>(type: "boolean", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_usage_contents", x => new { x.tenant_id, x.event_id, x.source });
                });

            migrationBuilder.CreateIndex(
                name: "IX_usage_contents_tenant_id_stored_at",
                table: "usage_contents",
                columns: new[] { "tenant_id", "stored_at" });

            migrationBuilder.Isolate("usage_contents", "SELECT, INSERT, DELETE", "SELECT, DELETE");
            migrationBuilder.Isolate("content_periods", "SELECT, INSERT", "SELECT, INSERT");
            migrationBuilder.Sql("""
                GRANT UPDATE (contents_since, content_days, contents_deleted_at, event_days) ON tenants TO console_tenant;
                -- Requests go when their tenant keeps them no longer.
                GRANT DELETE ON usage_events TO console_platform;

                -- Until now a refused item was kept as it came, and raw usage too where a sender gave the whole answer: what people and models wrote may be in both, of tenants that never asked for it.
                ALTER TABLE usage_rejections NO FORCE ROW LEVEL SECURITY;
                UPDATE usage_rejections SET payload = NULL WHERE payload IS NOT NULL AND source IN ('native', 'litellm');
                ALTER TABLE usage_rejections FORCE ROW LEVEL SECURITY;
                ALTER TABLE usage_events NO FORCE ROW LEVEL SECURITY;
                UPDATE usage_events SET raw_usage = NULL WHERE raw_usage::text ~ '"(choices|candidates|content|output|response|message|text|data|outputText|completion)"[[:space:]]*:[[:space:]]*["{[]';
                ALTER TABLE usage_events FORCE ROW LEVEL SECURITY;
                """);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.Sql("REVOKE DELETE ON usage_events FROM console_platform;");
            foreach (var table in new[] { "usage_contents", "content_periods" }) migrationBuilder.Unisolate(table);

            migrationBuilder.DropTable(
                name: "content_periods");

            migrationBuilder.DropTable(
                name: "usage_contents");

            migrationBuilder.DropColumn(
                name: "content_days",
                table: "tenants");

            migrationBuilder.DropColumn(
                name: "contents_deleted_at",
                table: "tenants");

            migrationBuilder.DropColumn(
                name: "contents_since",
                table: "tenants");

            migrationBuilder.DropColumn(
                name: "event_days",
                table: "tenants");
        }
    }
}
