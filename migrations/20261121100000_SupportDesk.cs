using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace AgentConsole.Migrations
{
    /// <inheritdoc />
    public partial class SupportDesk : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<short>(
                name: "viewed_as",
                table: "member_sessions",
                type: "smallint",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "viewed_tenant",
                table: "member_sessions",
                type: "character varying(64)",
                maxLength: 64,
                nullable: true,
                collation: "C");

            migrationBuilder.AddColumn<DateTimeOffset>(
                name: "viewed_until",
                table: "member_sessions",
                type: "timestamp with time zone",
                nullable: true);

            // By a session or the beginning of its id; partitions made later have it from their table. It stays when this is taken back: sessions are looked up for more than this.
            migrationBuilder.Sql("""
                CREATE INDEX IF NOT EXISTS "IX_usage_events_session" ON usage_events (tenant_id, session, occurred_at) WHERE session IS NOT NULL;
                """);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropColumn(
                name: "viewed_as",
                table: "member_sessions");

            migrationBuilder.DropColumn(
                name: "viewed_tenant",
                table: "member_sessions");

            migrationBuilder.DropColumn(
                name: "viewed_until",
                table: "member_sessions");
        }
    }
}
