using AgentConsole.Platform;

namespace AgentConsole.Shell.Search;

public sealed record SearchOptions
{
    private const int DefaultMilliseconds = 300;

    /// <summary><c>Search__SourceMilliseconds</c>: what takes the search box longer than this to find is said to be late, and not waited for; 50 to 30000, default 300.</summary>
    public TimeSpan Ceiling { get; init; } = TimeSpan.FromMilliseconds(DefaultMilliseconds);

    public static SearchOptions Read(Settings settings) => new() { Ceiling = TimeSpan.FromMilliseconds(settings.Number("Search:SourceMilliseconds", DefaultMilliseconds, 50, 30_000)) };
}
