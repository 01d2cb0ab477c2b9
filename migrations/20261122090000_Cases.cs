using System;
using AgentConsole.Platform.Data;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace AgentConsole.Migrations
{
    /// <inheritdoc />
    public partial class Cases : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "case_entries",
                columns: table => new
                {
                    tenant_id = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    case_id = table.Column<Guid>(type: "uuid", nullable: false),
                    entry_id = table.Column<Guid>(type: "uuid", nullable: false),
                    at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    author = table.Column<string>(type: "text", nullable: false),
                    kind = table.Column<short>(type: "smallint", nullable: false),
                    text = table.Column<string>(type: "text", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_case_entries", x => new { x.tenant_id, x.case_id, x.entry_id });
                });

            migrationBuilder.CreateTable(
                name: "case_looks",
                columns: table => new
                {
                    tenant_id = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    first_use = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    looked_to = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    held_back = table.Column<int>(type: "integer", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_case_looks", x => x.tenant_id);
                });

            migrationBuilder.CreateTable(
                name: "cases",
                columns: table => new
                {
                    tenant_id = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    case_id = table.Column<Guid>(type: "uuid", nullable: false),
                    subject_of = table.Column<short>(type: "smallint", nullable: false),
                    subject = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    began_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    ended_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    is_over = table.Column<bool>(type: "boolean", nullable: false),
                    cost = table.Column<decimal>(type: "numeric(38,13)", precision: 38, scale: 13, nullable: false),
                    expected = table.Column<decimal>(type: "numeric(38,13)", precision: 38, scale: 13, nullable: false),
                    excess = table.Column<decimal>(type: "numeric(38,13)", precision: 38, scale: 13, nullable: false),
                    score = table.Column<decimal>(type: "numeric(18,3)", precision: 18, scale: 3, nullable: false),
                    weeks = table.Column<int[]>(type: "integer[]", nullable: false),
                    known_weeks = table.Column<int>(type: "integer", nullable: false),
                    opened_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    seen_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    state = table.Column<short>(type: "smallint", nullable: false),
                    assignee = table.Column<string>(type: "text", nullable: true),
                    verdict = table.Column<short>(type: "smallint", nullable: true),
                    closed_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_cases", x => new { x.tenant_id, x.case_id });
                });

            migrationBuilder.CreateIndex(
                name: "IX_cases_tenant_id_state",
                table: "cases",
                columns: new[] { "tenant_id", "state" });

            migrationBuilder.CreateIndex(
                name: "IX_cases_tenant_id_subject",
                table: "cases",
                columns: new[] { "tenant_id", "subject" });

            migrationBuilder.Isolate("cases", platform: "SELECT, INSERT, UPDATE", tenant: "SELECT, UPDATE (state), UPDATE (assignee), UPDATE (verdict), UPDATE (closed_at)");
            migrationBuilder.Isolate("case_entries", platform: "SELECT, INSERT", tenant: "SELECT, INSERT");
            migrationBuilder.Isolate("case_looks", platform: "SELECT, INSERT, UPDATE", tenant: "SELECT");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "case_entries");

            migrationBuilder.DropTable(
                name: "case_looks");

            migrationBuilder.DropTable(
                name: "cases");
        }
    }
}
