namespace AgentConsole.Bench.Hosting;

/// <summary>Where the product's own files are, seen from this program.</summary>
internal static class Repository
{
    public static string Root { get; } = Upwards(AppContext.BaseDirectory).First(static folder => File.Exists(Path.Combine(folder, "Console.sln")));

    /// <summary>The app as it was built beside this program, in the same configuration.</summary>
    public static string App
    {
        get
        {
            var configuration = new DirectoryInfo(AppContext.BaseDirectory).Name;
            var path = Path.Combine(Root, "artifacts", "bin", "Console", configuration, "AgentConsole.dll");
            return File.Exists(path) ? path : throw new UsageException($"The app is not built in the configuration {configuration}.");
        }
    }

    private static IEnumerable<string> Upwards(string start)
    {
        for (var folder = new DirectoryInfo(start); folder is not null; folder = folder.Parent) yield return folder.FullName;
    }
}
