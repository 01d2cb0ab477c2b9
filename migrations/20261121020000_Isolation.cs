using AgentConsole.Platform.Data;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace AgentConsole.Migrations
{
    /// <inheritdoc />
    public partial class Isolation : Migration
    {
        private static readonly (string Table, string Platform, string Tenant)[] Tables =
        [
            ("tenants", "SELECT, INSERT, UPDATE", "SELECT, UPDATE (name, time_zone)"),
            ("usage_events", "SELECT, INSERT, UPDATE", "SELECT"),
            ("usage_keys", "SELECT, INSERT", "SELECT"),
            ("usage_rejections", "SELECT, INSERT, DELETE", "SELECT"),
            ("usage_rollups", "SELECT, INSERT, UPDATE", "SELECT"),
            ("usage_reconciliations", "SELECT, INSERT, UPDATE", "SELECT"),
            ("usage_corrections", "SELECT, INSERT", "SELECT"),
            ("hop_timings", "SELECT, INSERT, DELETE", "SELECT"),
            ("price_rows", "SELECT, INSERT, UPDATE (retired_at)", null),
            ("price_versions", "SELECT, INSERT, UPDATE", null),
            ("reprice_runs", "SELECT, INSERT, UPDATE", "SELECT"),
            // Entries are added and read, and never changed by anyone.
            ("audit_entries", "SELECT, INSERT", "SELECT, INSERT"),
            ("audit_heads", "SELECT, INSERT, UPDATE", "SELECT, INSERT, UPDATE"),
        ];

        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.MakeRoles();
            foreach (var (table, platform, tenant) in Tables) migrationBuilder.Isolate(table, platform, tenant);
            migrationBuilder.Sql("""
                -- Whoever makes partitions moves the rows that are waiting in the default one, and has no other way to see them.
                CREATE POLICY reach_owner ON usage_events_default TO CURRENT_USER USING (true);
                GRANT USAGE ON SCHEMA public TO console_platform, console_tenant;
                GRANT SELECT, UPDATE ON usage_rollup_watermark TO console_platform;
                GRANT SELECT ON usage_rollup_watermark TO console_tenant;
                """);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.Sql("DROP POLICY reach_owner ON usage_events_default;");
            foreach (var (table, _, _) in Tables) migrationBuilder.Unisolate(table);
            migrationBuilder.Sql("REVOKE ALL ON usage_rollup_watermark FROM console_platform, console_tenant;");
        }
    }
}
