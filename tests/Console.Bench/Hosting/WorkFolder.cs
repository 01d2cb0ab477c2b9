namespace AgentConsole.Bench.Hosting;

/// <summary>A folder for one run, which the database server's user may pass through; deleted at the end.</summary>
internal sealed class WorkFolder : IDisposable
{
    public WorkFolder() => Directory.CreateDirectory(Path);

    public string Path { get; } = System.IO.Path.Combine(System.IO.Path.GetTempPath(), $"agent-console-bench-{Environment.ProcessId}");

    public string Sub(string name) => System.IO.Path.Combine(Path, name);

    public void Dispose()
    {
        if (Directory.Exists(Path)) Directory.Delete(Path, recursive: true);
    }
}
