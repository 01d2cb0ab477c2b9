using AgentConsole.Platform;

namespace AgentConsole.Jobs;

public sealed record UnknownJob(string Name) : Error("not_found", $"There is no job \"{Name}\".");

public sealed record JobIsRunning(string Name) : Error("job_running", $"{Name} is running already. Wait until it has finished.");

/// <summary>Its tables are made by the first node that runs jobs.</summary>
public sealed record NoSchedule() : Error("no_schedule", "No node with the role Jobs has run on this store yet, so there is no schedule.");
