using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;

namespace AgentConsole.Platform.Data;

/// <summary>What <c>dotnet ef</c> builds the model with; it needs no server.</summary>
public sealed class DesignTimeDb : IDesignTimeDbContextFactory<ConsoleDb>
{
    public ConsoleDb CreateDbContext(string[] args) =>
        new(new DbContextOptionsBuilder<ConsoleDb>().UseNpgsql("Host=localhost").Options);
}
