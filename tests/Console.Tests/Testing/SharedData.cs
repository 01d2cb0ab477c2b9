using Xunit.Abstractions;
using Xunit.Sdk;

namespace AgentConsole.Tests.Testing;

/// <summary>Third-party material that is no part of the repository; tests over it exist only where <c>CONSOLE_SHARED_DATA</c> names its folder.</summary>
internal static class SharedData
{
    public const string Variable = "CONSOLE_SHARED_DATA";

    public static string? Folder => Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } folder ? FromRepositoryRoot(folder) : null;

    /// <summary>Fails, and never skips, when the folder lacks the file.</summary>
    public static string PathOf(string file)
    {
        var path = Path.Combine(Folder ?? throw new InvalidOperationException($"{Variable} is not set."), file);
        return File.Exists(path) ? path : throw new FileNotFoundException($"{Variable} names a folder without {file}.", path);
    }

    /// <summary>A relative folder is meant from the repository's root, wherever the runner stands.</summary>
    private static string FromRepositoryRoot(string folder)
    {
        if (Path.IsPathRooted(folder))
            return folder;
        var root = new DirectoryInfo(AppContext.BaseDirectory);
        while (root is not null && !File.Exists(Path.Combine(root.FullName, "Console.sln")))
            root = root.Parent;
        return Path.GetFullPath(folder, root?.FullName ?? Environment.CurrentDirectory);
    }
}

/// <summary>A test over shared data: discovered only where there is some.</summary>
[AttributeUsage(AttributeTargets.Method)]
[XunitTestCaseDiscoverer("AgentConsole.Tests.Testing.SharedDataFactDiscoverer", "Console.Tests")]
public sealed class SharedDataFactAttribute : FactAttribute;

public sealed class SharedDataFactDiscoverer(IMessageSink diagnostics) : IXunitTestCaseDiscoverer
{
    private readonly FactDiscoverer _facts = new(diagnostics);

    public IEnumerable<IXunitTestCase> Discover(ITestFrameworkDiscoveryOptions options, ITestMethod method, IAttributeInfo fact) =>
        SharedData.Folder is null ? [] : _facts.Discover(options, method, fact);
}
