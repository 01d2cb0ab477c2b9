using System.Diagnostics;
using AgentConsole.Tests.Platform.Data.Embedded;
using AgentConsole.Tests.Testing;
using static AgentConsole.Tests.Platform.Data.Embedded.EmbeddedServer;

namespace AgentConsole.Tests.Platform.Data;

public sealed class EmbeddedPostgresRecoveryTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Start_OwnerKilled_TakesItsServerOver()
    {
        using var owner = Owner.Start(_folder);
        await InsertAsync(await owner.ReadLineAsync());
        var orphan = PostmasterPid(_folder);
        owner.Kill();
        Assert.True(IsRunning(orphan));

        await using var postgres = await StartAsync(_folder);
        Assert.Equal(1, await CountAsync(postgres.ConnectionString));
        Assert.NotEqual(orphan, PostmasterPid(_folder));
        Assert.False(IsRunning(orphan));
    }

    [Fact]
    public async Task Start_OwnerAndServerKilled_RecoversFromTheLog()
    {
        using var owner = Owner.Start(_folder);
        await InsertAsync(await owner.ReadLineAsync());
        owner.Kill();
        Kill(PostmasterPid(_folder));
        Assert.NotNull(PostmasterPid(_folder));

        await using var postgres = await StartAsync(_folder);
        Assert.Equal(1, await CountAsync(postgres.ConnectionString));
    }

    [Fact]
    public async Task Start_PidFileOfAnUnrelatedProgram_LeavesThatProgramAlone()
    {
        await using (await StartAsync(_folder))
            SavePidFile();
        using var bystander = Process.Start("sleep", "60");
        try
        {
            RestorePidFile(bystander.Id);
            await using var postgres = await StartAsync(_folder);
            Assert.Equal("1", await ScalarAsync(postgres.ConnectionString, "SELECT 1"));
            Assert.False(bystander.HasExited);
        }
        finally
        {
            bystander.Kill();
        }
    }

    [Fact]
    public async Task Server_StoppedAtOnceWhileTheAppLives_ComesBackOnTheSamePort()
    {
        var logger = new ListLogger();
        await using var postgres = await StartAsync(_folder, logger: logger);
        await InsertAsync(postgres.ConnectionString);
        var first = PostmasterPid(_folder);

        await StopImmediatelyAsync(_folder);

        Assert.Equal(1, await EventuallyCountAsync(postgres.ConnectionString));
        Assert.NotEqual(first, PostmasterPid(_folder));
        Assert.Contains(logger.Messages, message => message.EndsWith("died; starting it again", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Server_KilledInMidQuery_ComesBackOnTheSamePort()
    {
        await using var postgres = await StartAsync(_folder);
        await InsertAsync(postgres.ConnectionString);
        var query = ScalarAsync(postgres.ConnectionString, "SELECT pg_sleep(60)");
        await EventuallyAsync(async () => await ScalarAsync(
            postgres.ConnectionString, "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep'") == "1");

        Kill(PostmasterPid(_folder));

        await Assert.ThrowsAnyAsync<Npgsql.NpgsqlException>(() => query);
        Assert.Equal(1, await EventuallyCountAsync(postgres.ConnectionString));
    }

    private string PidFile => Path.Combine(_folder, "postgres", "postmaster.pid");

    private string SavedPidFile => Path.Combine(_folder, "saved.pid");

    private void SavePidFile() => File.Copy(PidFile, SavedPidFile);

    private void RestorePidFile(int pid) => File.WriteAllLines(PidFile, [$"{pid}", .. File.ReadLines(SavedPidFile).Skip(1)]);
}
