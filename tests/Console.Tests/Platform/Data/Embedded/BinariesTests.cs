using System.Runtime.Versioning;
using AgentConsole.Platform.Data.Embedded;
using AgentConsole.Platform.Data;
using AgentConsole.Tests.Testing;

namespace AgentConsole.Tests.Platform.Data.Embedded;

[UnsupportedOSPlatform("windows")]
public sealed class BinariesTests : IDisposable
{
    private const UnixFileMode Everyone = (UnixFileMode)0b111_101_101;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Find_NothingConfigured_TakesTheNpmPackage()
    {
        var binaries = await FindAsync(null);
        Assert.Contains("@embedded-postgres", binaries.Folder, StringComparison.Ordinal);
        Assert.Equal(18, binaries.Version.Major);
    }

    [Fact]
    public async Task Find_ConfiguredFolderWithoutPrograms_NamesTheKey()
    {
        var refusal = await Assert.ThrowsAsync<EmbeddedPostgresException>(() => FindAsync(_folder));
        Assert.Contains("Data__Binaries", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Find_PackageWithoutItsLinksByManyAtOnce_MakesThemOnce()
    {
        MakePackage();
        var found = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => FindAsync(_folder))));
        Assert.All(found, binaries => Assert.Equal(new Version(18, 4), binaries.Version));
        Assert.Equal("real", await File.ReadAllTextAsync(Path.Combine(_folder, "native", "lib", "libx.so")));
        Assert.Equal("libx.so.1", new FileInfo(Path.Combine(_folder, "native", "lib", "libx.so")).LinkTarget);
    }

    [Fact]
    public async Task Find_FolderClosedToTheServersUser_CopiesThem()
    {
        MakePackage();
        File.SetUnixFileMode(_folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var binaries = await FindAsync(_folder);
        try
        {
            Assert.Equal(new Version(18, 4), binaries.Version);
            Assert.Equal("real", await File.ReadAllTextAsync(Path.Combine(binaries.Folder, "lib", "libx.so")));
        }
        finally
        {
            Directory.Delete(binaries.Folder, recursive: true);
        }
    }

    private static async Task<Binaries> FindAsync(string? configured) =>
        await Binaries.FindAsync(configured, await ServerUser.ChooseAsync("", CancellationToken.None), CancellationToken.None);

    /// <summary>In the npm package's shape, with scripts for programs.</summary>
    private void MakePackage()
    {
        var native = Path.Combine(_folder, "native");
        Directory.CreateDirectory(Path.Combine(native, "bin"));
        Directory.CreateDirectory(Path.Combine(native, "lib"));
        File.WriteAllText(Path.Combine(native, "lib", "libx.so.1"), "real");
        File.WriteAllText(Path.Combine(native, "pg-symlinks.json"), """[{"source":"native/lib/libx.so.1","target":"native/lib/libx.so"}]""");
        foreach (var program in new[] { "initdb", "pg_ctl", "postgres" })
        {
            var path = Path.Combine(native, "bin", program);
            File.WriteAllText(path, $"#!/bin/sh\necho '{program} (PostgreSQL) 18.4'\n");
            File.SetUnixFileMode(path, Everyone);
        }
    }
}
