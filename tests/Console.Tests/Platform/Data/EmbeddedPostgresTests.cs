using System.Globalization;
using System.Runtime.Versioning;
using AgentConsole.Platform.Data;
using AgentConsole.Tests.Platform.Data.Embedded;
using AgentConsole.Tests.Testing;
using Npgsql;
using static AgentConsole.Tests.Platform.Data.Embedded.EmbeddedServer;

namespace AgentConsole.Tests.Platform.Data;

[UnsupportedOSPlatform("windows")]
public sealed class EmbeddedPostgresTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Start_AfterStop_KeepsTheData()
    {
        await using (var first = await StartAsync(_folder))
            await InsertAsync(first.ConnectionString);
        Assert.Null(PostmasterPid(_folder));

        await using var second = await StartAsync(_folder);
        Assert.Equal(1, await CountAsync(second.ConnectionString));
    }

    [Fact]
    public async Task Start_Durable_RunsWithSafeSettings()
    {
        await using var postgres = await EmbeddedPostgres.StartAsync(_folder, new ListLogger(), CancellationToken.None);
        var expected = new Dictionary<string, string>
        {
            ["fsync"] = "on", ["synchronous_commit"] = "on", ["full_page_writes"] = "on", ["listen_addresses"] = "127.0.0.1",
            ["unix_socket_directories"] = "", ["TimeZone"] = "UTC", ["server_encoding"] = "UTF8", ["data_checksums"] = "on",
            ["password_encryption"] = "scram-sha-256", ["max_connections"] = "100", ["max_locks_per_transaction"] = "128",
        };
        foreach (var (name, value) in expected)
            Assert.Equal((name, value), (name, await ScalarAsync(postgres.ConnectionString, $"SELECT current_setting('{name}')")));
    }

    [Fact]
    public async Task Start_Always_KeepsThePasswordToItself()
    {
        var logger = new ListLogger();
        await using var postgres = await StartAsync(_folder, logger: logger);
        var password = new NpgsqlConnectionStringBuilder(postgres.ConnectionString).Password!;
        var file = Path.Combine(_folder, "postgres.password");

        Assert.Equal(password, await File.ReadAllTextAsync(file));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        Assert.DoesNotContain(password, string.Join('\n', logger.Messages));
        Assert.DoesNotContain(password, await File.ReadAllTextAsync($"/proc/{PostmasterPid(_folder)}/cmdline"));
        Assert.DoesNotContain(password, await File.ReadAllTextAsync(Path.Combine(_folder, "postgres", "server.log")));
    }

    [Fact]
    public async Task Connect_WithWrongPassword_IsRefused()
    {
        await using var postgres = await StartAsync(_folder);
        var wrong = new NpgsqlConnectionStringBuilder(postgres.ConnectionString) { Password = "wrong", Pooling = false }.ConnectionString;
        var refusal = await Assert.ThrowsAsync<PostgresException>(() => CountAsync(wrong));
        Assert.Equal(PostgresErrorCodes.InvalidPassword, refusal.SqlState);
    }

    [Fact]
    public async Task Start_DirectoryInUse_IsRefusedInThisProcessAndAnother()
    {
        await using var postgres = await StartAsync(_folder);

        var refusal = await Assert.ThrowsAsync<DataDirectoryInUseException>(() => StartAsync(_folder));
        using var other = Owner.Start(_folder);
        var answer = await other.ReadLineAsync();

        Assert.Contains(_folder.Path, refusal.Message, StringComparison.Ordinal);
        Assert.Equal($"{nameof(DataDirectoryInUseException)}: {refusal.Message}", answer);
        Assert.Equal("1", await ScalarAsync(postgres.ConnectionString, "SELECT 1"));
    }

    [Fact]
    public async Task Start_AfterInterruptedInitDb_BeginsAnew()
    {
        using var interruption = new CancellationTokenSource();
        var logger = new ListLogger(message => { if (message.StartsWith("Creating", StringComparison.Ordinal)) interruption.CancelAfter(100); });
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => StartAsync(_folder, logger: logger, cancellationToken: interruption.Token));
        Assert.False(Directory.Exists(Path.Combine(_folder, "postgres")));
        LeaveHalfMadeCluster();

        await using var postgres = await StartAsync(_folder);
        await InsertAsync(postgres.ConnectionString);
        Assert.Equal(["postgres"], Directory.GetDirectories(_folder).Select(Path.GetFileName));
    }

    [Fact]
    public async Task Start_DirectoryClosedToOthers_Works()
    {
        File.SetUnixFileMode(_folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        try
        {
            await using (var first = await StartAsync(_folder))
                await InsertAsync(first.ConnectionString);
            await using var second = await StartAsync(_folder);
            Assert.Equal(1, await CountAsync(second.ConnectionString));
        }
        finally
        {
            // Under root the cluster had to go elsewhere, and what is here is a link.
            if (new DirectoryInfo(Path.Combine(_folder, "postgres")).ResolveLinkTarget(returnFinalTarget: true) is { } elsewhere)
                Directory.Delete(elsewhere.FullName, recursive: true);
        }
    }

    [Fact]
    public async Task Start_ClusterGone_DoesNotStartEmpty()
    {
        Directory.CreateSymbolicLink(Path.Combine(_folder, "postgres"), Path.Combine(_folder, "unmounted"));
        var refusal = await Assert.ThrowsAsync<EmbeddedPostgresException>(() => StartAsync(_folder));
        Assert.Contains("unmounted", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_ClusterOfAnotherMajorVersion_SaysSo()
    {
        await using (await StartAsync(_folder)) { }
        await File.WriteAllTextAsync(Path.Combine(_folder, "postgres", "PG_VERSION"), "17\n");
        var refusal = await Assert.ThrowsAsync<EmbeddedPostgresException>(() => StartAsync(_folder));
        Assert.Contains("PostgreSQL 17", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ServerLog_Over16Megabytes_IsCutAndOneCopyKept()
    {
        await using var postgres = await StartAsync(_folder);
        var log = Path.Combine(_folder, "postgres", "server.log");
        await using (var file = new FileStream(log, FileMode.Open, FileAccess.Write, FileShare.ReadWrite))
            file.SetLength(17 * 1024 * 1024);

        await EventuallyAsync(() => Task.FromResult(new FileInfo(log).Length < 1024 * 1024));
        Assert.Equal(17 * 1024 * 1024, new FileInfo(log + ".1").Length);
    }

    private void LeaveHalfMadeCluster()
    {
        var staging = Path.Combine(_folder, "postgres.new-interrupted", "data");
        Directory.CreateDirectory(staging);
        File.WriteAllText(Path.Combine(staging, "PG_VERSION"), 18.ToString(CultureInfo.InvariantCulture));
    }
}
