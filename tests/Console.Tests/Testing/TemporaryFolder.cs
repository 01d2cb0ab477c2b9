namespace AgentConsole.Tests.Testing;

/// <summary>A new empty folder that another user may pass through, as the embedded server under root must; deleted at the end.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    public static readonly string Home = System.IO.Path.Combine(System.IO.Path.GetTempPath(), $"agent-console-tests-{Environment.UserName}");

    public TemporaryFolder()
    {
        Path = System.IO.Path.Combine(Home, Guid.NewGuid().ToString("N"));
        Directory.CreateDirectory(Path);
    }

    public string Path { get; }

    public static implicit operator string(TemporaryFolder folder) => folder.Path;

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
