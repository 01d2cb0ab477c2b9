using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace AgentConsole.Migrations
{
    /// <inheritdoc />
    public partial class RequestIndexes : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            // Lists of requests seek to where they go on. Under row-level security only comparisons that leak nothing are conditions of an index; those of numeric are not,
            // those of integers are: so the cost is there as a whole number, too. Nothing costs more than the largest one.
            // The session's index knows the time, so that a session is read in order and its neighbours are found by seeking.
            migrationBuilder.Sql("""
                ALTER TABLE usage_events ADD COLUMN cost_pico bigint GENERATED ALWAYS AS (
                  CASE WHEN cost < 0 THEN 0 WHEN cost < 9000000 THEN (cost * 1000000000000)::bigint WHEN cost IS NOT NULL THEN 9000000000000000000 END) STORED;
                CREATE INDEX "IX_usage_events_cost" ON usage_events (tenant_id, cost_pico, occurred_at) WHERE cost_pico IS NOT NULL;
                CREATE INDEX "IX_usage_events_latency" ON usage_events (tenant_id, latency_ms, occurred_at);
                CREATE INDEX "IX_usage_events_session" ON usage_events (tenant_id, session, occurred_at) WHERE session IS NOT NULL;
                """);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.Sql("""
                DROP INDEX "IX_usage_events_session";
                DROP INDEX "IX_usage_events_latency";
                DROP INDEX "IX_usage_events_cost";
                ALTER TABLE usage_events DROP COLUMN cost_pico;
                """);
        }
    }
}
