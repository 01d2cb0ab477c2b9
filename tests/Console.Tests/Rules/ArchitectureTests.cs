using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using AgentConsole.Platform;
using AgentConsole.Tests.Testing;
using Microsoft.AspNetCore.Components;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace AgentConsole.Tests.Rules;

/// <summary>The arrows of the tree: features -> Shell -> Platform, and nobody reaches into another feature's sub-folders.</summary>
public sealed partial class ArchitectureTests
{
    private const string Root = "AgentConsole";
    private const int MaxLines = 400;

    private static readonly Assembly App = typeof(PlatformOptions).Assembly;

    private static readonly Type[] Types = [.. App.GetTypes().Where(type => (type.Namespace ?? "").StartsWith(Root, StringComparison.Ordinal))];

    [Fact]
    public void Feature_UsesOnlyTheRootOfAnother()
    {
        var wrong = from type in Types
                    let own = Part(type, 1)
                    where own is not null and not "Migrations"
                    from used in References.Of(type)
                    where used.Assembly == App && Part(used, 1) is { } other && other != own
                    where own switch
                    {
                        "Platform" => true,
                        "Shell" => Part(used, 1) != "Platform",
                        _ => Part(used, 1) is not ("Platform" or "Shell") && Part(used, 2) is not null,
                    }
                    select $"{type.FullName} uses {used.FullName}";
        Assert.Empty(wrong.Distinct());
    }

    [Fact]
    public void EmbeddedServer_IsPrivateToTheStore()
    {
        var wrong = from type in Types
                    where type.Namespace is not "AgentConsole.Platform.Data" and not "AgentConsole.Platform.Data.Embedded"
                    from used in References.Of(type)
                    where used.Namespace == "AgentConsole.Platform.Data.Embedded"
                    select $"{type.FullName} uses {used.FullName}";
        Assert.Empty(wrong.Distinct());
    }

    [Fact]
    public void Gateway_UsesNoRazorAndNoEf()
    {
        var wrong = from type in Types
                    where Part(type, 1) == "Gateway"
                    from used in References.Of(type)
                    where used.Namespace is { } name && (name.StartsWith("Microsoft.AspNetCore.Components", StringComparison.Ordinal)
                        || name.StartsWith("Microsoft.EntityFrameworkCore", StringComparison.Ordinal) || name.StartsWith("Radzen", StringComparison.Ordinal))
                    select $"{type.FullName} uses {used.FullName}";
        Assert.Empty(wrong.Distinct());
    }

    [Fact]
    public void Platform_SpeaksNoFeaturesWords()
    {
        var wrong = from file in Repository.Files("src/Platform", ".cs")
                    from Match word in FeatureWord().Matches(file.Text)
                    select $"{file.Path}: {word.Value}";
        Assert.Equal("", string.Join('\n', wrong));
    }

    /// <summary>The connections that see every row, and who may use them: whoever works for someone begins a session with that one's reach.</summary>
    [Fact]
    public void Connection_ThatSeesEveryRow_IsUsedByTheFewThatWorkForNobody()
    {
        Assert.Equal(["src/Jobs/JobsFeature.cs", "src/Platform/Http/Health.cs", "src/Usage/UsagePartitions.cs"], Users("Owner"));
        Assert.Equal(["src/Access/Keys/FollowAccess.cs", "src/Platform/Data/Contexts.cs", "src/Platform/Data/ProtectionKeys.cs", "src/Pricing/PriceStore.cs", "src/Usage/MaintainUsageJob.cs", "src/Usage/ReconcileUsage.cs"], Users("Platform"));

        static IEnumerable<string> Users(string source) =>
            Repository.Files("src", ".cs").Where(file => Regex.IsMatch(file.Text, $@"atabase(>\(\))?\.{source}\b")).Select(static file => file.Path.Replace('\\', '/')).Order(StringComparer.Ordinal);
    }

    [Fact]
    public void Class_NobodyDerivesFrom_IsSealed()
    {
        var bases = Types.Select(type => type.BaseType).OfType<Type>().Select(type => type.IsGenericType ? type.GetGenericTypeDefinition() : type).ToHashSet();
        var open = from type in Types
                   where type.IsClass && !type.IsSealed && !type.IsAbstract && !bases.Contains(type) && !IsGenerated(type)
                   select type.FullName;
        Assert.Empty(open);
    }

    [Fact]
    public void File_FitsInAHead()
    {
        var long_ = from folder in new[] { "src", "tests" }
                    from file in Repository.Files(folder, ".cs", ".razor")
                    let lines = file.Text.Count(character => character == '\n')
                    where lines > MaxLines
                    select $"{file.Path}: {lines} lines";
        Assert.Empty(long_);
    }

    [Fact]
    public void Namespace_IsTheFolder()
    {
        var wrong = from folder in new[] { ("src", Root), ("tests/Console.Tests", Root + ".Tests") }
                    from file in Repository.Files(folder.Item1, ".cs")
                    let declared = Namespace().Match(file.Text)
                    where declared.Success
                    let expected = string.Join('.', Path.GetDirectoryName(file.Path)!.Replace('\\', '/')[folder.Item1.Length..].Split('/', StringSplitOptions.RemoveEmptyEntries).Prepend(folder.Item2))
                    where declared.Groups[1].Value != expected
                    select $"{file.Path}: {declared.Groups[1].Value}";
        Assert.Empty(wrong);
    }

    /// <summary>The n-th part of a namespace below the root: 1 is the feature, 2 its sub-folder.</summary>
    private static string? Part(Type type, int index)
    {
        var parts = (type.Namespace ?? "").Split('.');
        return parts[0] == Root && parts.Length > index ? parts[index] : null;
    }

    private static bool IsGenerated(Type type) =>
        type.GetCustomAttribute<CompilerGeneratedAttribute>() is not null || (type.DeclaringType is { } outer && IsGenerated(outer))
        || type.Name == "_Imports" || typeof(IComponent).IsAssignableFrom(type) || typeof(Migration).IsAssignableFrom(type) || typeof(ModelSnapshot).IsAssignableFrom(type);

    [GeneratedRegex(@"\b(usage|prices?|pricing|budgets?|limits?|prompts?|anomal\w+|fleet)\b", RegexOptions.IgnoreCase)]
    private static partial Regex FeatureWord();

    [GeneratedRegex(@"^namespace ([\w.]+);", RegexOptions.Multiline)]
    private static partial Regex Namespace();
}
