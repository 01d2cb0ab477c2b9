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
