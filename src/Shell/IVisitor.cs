using AgentConsole.Platform.Data;

namespace AgentConsole.Shell;

/// <summary>Who looks at the pages of a circuit; the feature that knows who may what implements it.</summary>
public interface IVisitor
{
    /// <summary>Where the visitor has what a policy asks for; nowhere when it is null or unknown.</summary>
    ValueTask<Reach> ReachAsync(string? policy);

    /// <summary>Tells when the answer may have become another. Dispose to stop.</summary>
    IDisposable Follow(Action changed);
}
