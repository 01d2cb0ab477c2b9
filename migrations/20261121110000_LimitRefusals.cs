using System;
using AgentConsole.Platform.Data;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace AgentConsole.Migrations
{
    /// <inheritdoc />
    public partial class LimitRefusals : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "limit_refusal_hours",
                columns: table => new
                {
                    tenant_id = table.Column<string>(type: "character varying(64)", maxLength: 64, nullable: false, collation: "C"),
                    limit_id = table.Column<Guid>(type: "uuid", nullable: false),
                    hour = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    refusals = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_limit_refusal_hours", x => new { x.tenant_id, x.limit_id, x.hour });
                });

            migrationBuilder.CreateTable(
                name: "limit_refusals",
                columns: table => new
                {
                    tenant_id = table.Column<string>(type: "character varying(64)", maxLength: 64, nullable: false, collation: "C"),
                    refusal_id = table.Column<Guid>(type: "uuid", nullable: false),
                    refused_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    request_id = table.Column<string>(type: "character varying(200)", maxLength: 200, nullable: false, collation: "C"),
                    limit_id = table.Column<Guid>(type: "uuid", nullable: false),
                    limit_then = table.Column<string>(type: "jsonb", nullable: false),
                    reason = table.Column<int>(type: "integer", nullable: false),
                    remaining = table.Column<decimal>(type: "numeric(38,12)", precision: 38, scale: 12, nullable: true),
                    asked = table.Column<decimal>(type: "numeric(38,12)", precision: 38, scale: 12, nullable: true),
                    resets_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    team = table.Column<string>(type: "character varying(200)", maxLength: 200, nullable: true, collation: "C"),
                    user_id = table.Column<string>(type: "character varying(200)", maxLength: 200, nullable: true, collation: "C"),
                    key_id = table.Column<string>(type: "character varying(200)", maxLength: 200, nullable: true, collation: "C"),
                    model = table.Column<string>(type: "character varying(200)", maxLength: 200, nullable: true, collation: "C"),
                    provider = table.Column<string>(type: "character varying(200)", maxLength: 200, nullable: true, collation: "C"),
                    session = table.Column<string>(type: "character varying(200)", maxLength: 200, nullable: true, collation: "C")
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_limit_refusals", x => new { x.tenant_id, x.refusal_id });
                });

            migrationBuilder.CreateIndex(
                name: "IX_limit_refusals_refused_at",
                table: "limit_refusals",
                column: "refused_at");

            migrationBuilder.Isolate("limit_refusals", "SELECT, INSERT, DELETE", "SELECT");
            migrationBuilder.Isolate("limit_refusal_hours", "SELECT, INSERT, UPDATE, DELETE", "SELECT");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            foreach (var table in new[] { "limit_refusals", "limit_refusal_hours" }) migrationBuilder.Unisolate(table);

            migrationBuilder.DropTable(
                name: "limit_refusal_hours");

            migrationBuilder.DropTable(
                name: "limit_refusals");
        }
    }
}
