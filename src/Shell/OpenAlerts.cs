using AgentConsole.Platform.Data;

namespace AgentConsole.Shell;

/// <summary>What is wrong now, for the frame of every page.</summary>
/// <param name="Count">All of them, those acknowledged too.</param>
/// <param name="Calling">Those that nobody has acknowledged yet.</param>
/// <param name="First">The gravest of the calling; null when there is none.</param>
public sealed record OpenAlerts(int Count, int Calling, CallingAlert? First)
{
    public static readonly OpenAlerts None = new(0, 0, null);
}

/// <param name="Link">The page that shows more.</param>
public sealed record CallingAlert(string Title, string Link, bool IsCritical);

/// <summary>The open alerts; the feature that keeps alerts implements it.</summary>
public interface IOpenAlerts
{
    /// <summary>Whoever has it somewhere sees the alerts there.</summary>
    string Policy { get; }

    Task<OpenAlerts> ReadAsync(Reach reach, CancellationToken cancellationToken);
}
