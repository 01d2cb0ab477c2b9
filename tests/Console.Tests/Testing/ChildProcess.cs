using AgentConsole.Platform.Data;
using Microsoft.Extensions.Logging.Abstractions;

namespace AgentConsole.Tests.Testing;

/// <summary>What this assembly does as a program: it owns an embedded PostgreSQL until someone kills it.</summary>
internal static class ChildProcess
{
    public const string OwnPostgres = "own-postgres";

    /// <summary>Prints the connection string, or the name and text of the exception, on one line.</summary>
    public static async Task<int> Main(string[] args)
    {
        if (args is not [OwnPostgres, var directory])
            return 2;
        try
        {
            await using var postgres = await EmbeddedPostgres.StartAsync(
                directory, new() { Durable = false }, NullLogger.Instance, CancellationToken.None);
            System.Console.WriteLine(postgres.ConnectionString);
            await System.Console.In.ReadToEndAsync();
            return 0;
        }
        catch (EmbeddedPostgresException e)
        {
            System.Console.WriteLine($"{e.GetType().Name}: {e.Message}");
            return 1;
        }
    }
}
