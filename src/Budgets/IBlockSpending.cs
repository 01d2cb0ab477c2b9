using AgentConsole.Access;
using AgentConsole.Platform;
using Npgsql;

namespace AgentConsole.Budgets;

/// <summary>
/// Stops what a budget with <see cref="BudgetRow.Block"/> says must be stopped, by a limit that holds before the money is spent. The feature that enforces limits implements it.
/// </summary>
public interface IBlockSpending
{
    /// <summary>The budget is so from now on: blocks by it, or no longer. In the transaction that is open on the connection.</summary>
    /// <returns>Why it cannot be, which undoes the change; null when it is done.</returns>
    Task<Error?> ApplyAsync(NpgsqlConnection connection, BudgetRow budget, Caller caller, CancellationToken cancellationToken);

    /// <summary>The budget is gone, and what blocked by it. Likewise.</summary>
    Task RemoveAsync(NpgsqlConnection connection, BudgetRow budget, Caller caller, CancellationToken cancellationToken);

    /// <summary>After the commit of either.</summary>
    void Tell(BudgetRow budget);
}
