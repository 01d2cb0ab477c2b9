using System;
using AgentConsole.Platform.Data;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace AgentConsole.Migrations
{
    /// <inheritdoc />
    public partial class RollupDays : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "usage_rollup_days",
                columns: table => new
                {
                    tenant_id = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    day = table.Column<DateOnly>(type: "date", nullable: false),
                    version = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_usage_rollup_days", x => new { x.tenant_id, x.day });
                });

            migrationBuilder.Isolate("usage_rollup_days", platform: "SELECT, INSERT, UPDATE", tenant: "SELECT");
            migrationBuilder.Sql("""
                INSERT INTO usage_rollup_days (tenant_id, day, version)
                SELECT DISTINCT tenant_id, (bucket_start AT TIME ZONE 'UTC')::date, 1 FROM usage_rollups WHERE kind = 1 AND grain = 1;
                """);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "usage_rollup_days");
        }
    }
}
