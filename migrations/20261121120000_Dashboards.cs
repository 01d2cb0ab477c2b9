using System;
using AgentConsole.Platform.Data;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace AgentConsole.Migrations
{
    /// <inheritdoc />
    public partial class Dashboards : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "dashboards",
                columns: table => new
                {
                    tenant_id = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    dashboard_id = table.Column<Guid>(type: "uuid", nullable: false),
                    owner = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    name = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    tiles = table.Column<string>(type: "jsonb", nullable: false),
                    version = table.Column<int>(type: "integer", nullable: false),
                    saved_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_dashboards", x => new { x.tenant_id, x.dashboard_id });
                });

            migrationBuilder.CreateIndex(
                name: "IX_dashboards_tenant_id_owner_name",
                table: "dashboards",
                columns: new[] { "tenant_id", "owner", "name" },
                unique: true);

            migrationBuilder.Isolate("dashboards", platform: "SELECT, INSERT, UPDATE, DELETE", tenant: "SELECT, INSERT, UPDATE, DELETE");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "dashboards");
        }
    }
}
