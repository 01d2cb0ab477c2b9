using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace AgentConsole.Migrations
{
    /// <inheritdoc />
    public partial class AuditOnBehalfOf : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(
                name: "on_behalf_of",
                table: "audit_entries",
                type: "text",
                nullable: true);

            migrationBuilder.CreateIndex(
                name: "ix_audit_entries_anchors",
                table: "audit_entries",
                columns: new[] { "tenant_id", "sequence" },
                filter: "action = 'audit.anchor'");

            migrationBuilder.CreateIndex(
                name: "ix_audit_entries_at",
                table: "audit_entries",
                columns: new[] { "at", "tenant_id", "sequence" });

            migrationBuilder.CreateIndex(
                name: "ix_audit_entries_tenant_at",
                table: "audit_entries",
                columns: new[] { "tenant_id", "at", "sequence" });

            // Which log a head is of is said once; only where it ends may move.
            migrationBuilder.Sql("""
                REVOKE UPDATE ON audit_heads FROM console_platform, console_tenant;
                GRANT UPDATE (sequence, hash) ON audit_heads TO console_platform, console_tenant;
                """);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.Sql("GRANT UPDATE ON audit_heads TO console_platform, console_tenant;");

            migrationBuilder.DropIndex(
                name: "ix_audit_entries_anchors",
                table: "audit_entries");

            migrationBuilder.DropIndex(
                name: "ix_audit_entries_at",
                table: "audit_entries");

            migrationBuilder.DropIndex(
                name: "ix_audit_entries_tenant_at",
                table: "audit_entries");

            migrationBuilder.DropColumn(
                name: "on_behalf_of",
                table: "audit_entries");
        }
    }
}
