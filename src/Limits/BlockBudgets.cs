using AgentConsole.Access;
using AgentConsole.Budgets;
using AgentConsole.Platform;
using AgentConsole.Platform.Live;
using AgentConsole.Pricing;
using AgentConsole.Shell;
using Npgsql;
using NpgsqlTypes;

namespace AgentConsole.Limits;

/// <summary>A budget that blocks is a limit of money under the budget's own id, with its scope, amount and calendar. It changes and goes with the budget alone.</summary>
internal sealed class BlockBudgets(IChangeFeed changes, TimeProvider time) : IBlockSpending
{
    private const string Put = """
        INSERT INTO limits (tenant_id, limit_id, team, user_id, key_id, model, provider, measure, max_value, window_of, action, reason, created_at, created_by)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
        ON CONFLICT (tenant_id, limit_id) DO UPDATE SET (team, user_id, key_id, model, provider, max_value, window_of, reason, changed_at, changed_by) =
          (excluded.team, excluded.user_id, excluded.key_id, excluded.model, excluded.provider, excluded.max_value, excluded.window_of, excluded.reason, excluded.created_at, excluded.created_by)
        """;

    private const string Take = "DELETE FROM limits WHERE tenant_id = $1 AND limit_id = $2";

    public async Task<Error?> ApplyAsync(NpgsqlConnection connection, BudgetRow budget, Caller caller, CancellationToken cancellationToken)
    {
        if (!budget.Block)
        {
            await RemoveAsync(connection, budget, caller, cancellationToken);
            return null;
        }
        if (WindowOf(budget.Period) is not { } window) return new BlockingNeedsAWindow(budget.Period.Name());
        await using var put = new NpgsqlCommand(Put, connection);
        var scope = budget.Scope;
        var provider = scope.Provider is { } named and not BudgetScope.Each ? Providers.Canonical(named) : scope.Provider;
        foreach (var text in new[] { budget.Tenant, null, scope.Team, scope.User, scope.Key, scope.Model, provider })
            put.Parameters.Add(new() { Value = (object?)text ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text });
        put.Parameters[1] = new() { Value = budget.Id };
        put.Parameters.Add(new() { Value = (short)LimitMeasure.Cost });
        put.Parameters.Add(new() { Value = budget.Amount });
        put.Parameters.Add(new() { Value = (short)window });
        put.Parameters.Add(new() { Value = (short)LimitAction.Block });
        put.Parameters.Add(new() { Value = $"The budget {budget.Title} blocks." });
        put.Parameters.Add(new() { Value = time.GetUtcNow().UtcDateTime });
        put.Parameters.Add(new() { Value = caller.Name });
        await put.ExecuteNonQueryAsync(cancellationToken);
        await LimitChanges.BumpAsync(connection, budget.Tenant, cancellationToken);
        return null;
    }

    public async Task RemoveAsync(NpgsqlConnection connection, BudgetRow budget, Caller caller, CancellationToken cancellationToken)
    {
        await using var take = new NpgsqlCommand(Take, connection) { Parameters = { new() { Value = budget.Tenant }, new() { Value = budget.Id } } };
        if (await take.ExecuteNonQueryAsync(cancellationToken) > 0) await LimitChanges.BumpAsync(connection, budget.Tenant, cancellationToken);
    }

    public void Tell(BudgetRow budget) => changes.Signal(Topics.Limits);

    /// <summary>Null of periods that limits do not have.</summary>
    private static LimitWindow? WindowOf(BudgetPeriod period) => period switch
    {
        BudgetPeriod.Day => LimitWindow.Day,
        BudgetPeriod.Week => LimitWindow.Week,
        BudgetPeriod.Month => LimitWindow.Month,
        BudgetPeriod.Quarter or BudgetPeriod.Year => null,
        _ => throw new ArgumentOutOfRangeException(nameof(period)),
    };
}
