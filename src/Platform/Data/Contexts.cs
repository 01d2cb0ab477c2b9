using Microsoft.EntityFrameworkCore;

namespace AgentConsole.Platform.Data;

/// <summary>Makes contexts of the store, each for one operation and one reach. None is pooled: what one saw, no other can.</summary>
public sealed class Contexts(Database database, IServiceProvider services)
{
    private readonly DbContextOptions<ConsoleDb> _options = new DbContextOptionsBuilder<ConsoleDb>().UseApplicationServiceProvider(services).UseNpgsql().Options;

    /// <summary>In a transaction of its own: what it saves is kept by <see cref="ConsoleDb.CommitAsync"/> alone.</summary>
    public async Task<ConsoleDb> BeginAsync(Reach reach, CancellationToken cancellationToken) =>
        new(_options, reach, await database.BeginAsync(reach, cancellationToken));

    /// <summary>For what the console does by itself, with connections and transactions as EF makes them: each save is kept.</summary>
    public ConsoleDb CreateForPlatform()
    {
        var db = new ConsoleDb(_options) { Reach = Reach.Platform };
        db.Database.SetDbConnection(database.Platform.CreateConnection(), contextOwnsConnection: true);
        return db;
    }
}
