using AgentConsole.Platform.Data;
using AgentConsole.Platform.Redis;
using Npgsql;

namespace AgentConsole.Platform.Http;

/// <summary>What keeps this node from doing its work, if anything.</summary>
internal sealed class Health(Database database, PlatformOptions options, IServiceProvider services)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    /// <summary>Name of the thing and what is wrong with it; empty when ready.</summary>
    public async Task<IReadOnlyDictionary<string, string>> ProblemsAsync(CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(Patience);
        var problems = new Dictionary<string, string>();
        if (await StoreProblemAsync(patience.Token) is { } store) problems["store"] = store;
        else if (await MigrationProblemAsync(patience.Token) is { } migrations) problems["migrations"] = migrations;
        if (options.Redis is not null && !await services.GetRequiredService<RedisConnection>().IsReachableAsync()) problems["redis"] = "cannot be reached";
        return problems;
    }

    private async Task<string?> StoreProblemAsync(CancellationToken cancellationToken)
    {
        try
        {
            await using var command = database.Owner.CreateCommand("SELECT 1");
            await command.ExecuteScalarAsync(cancellationToken);
            return null;
        }
        catch (Exception error) when (error is NpgsqlException or OperationCanceledException or InvalidOperationException or TimeoutException)
        {
            return "cannot be reached";
        }
    }

    private async Task<string?> MigrationProblemAsync(CancellationToken cancellationToken)
    {
        var pending = await database.CountPendingMigrationsAsync(cancellationToken);
        return pending == 0 ? null : $"{pending} not applied";
    }
}
