namespace AgentConsole.Platform.Data;

/// <summary>The embedded PostgreSQL cannot run here; the message is a sentence that says why and what to do.</summary>
public class EmbeddedPostgresException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>Two owners would corrupt one cluster, so the second is refused.</summary>
public sealed class DataDirectoryInUseException(string directory, Exception? inner = null) : EmbeddedPostgresException(
    $"Another instance of the console already uses the data directory '{directory}'; stop it, or set Data__Directory to another place.", inner)
{
    public string Directory { get; } = directory;
}
