using System.Globalization;

namespace AgentConsole.Bench;

/// <param name="Usage">Its arguments, as the help shows them.</param>
/// <param name="Run">Answers the exit code.</param>
internal sealed record Command(string Name, string Usage, string Summary, Func<Arguments, CancellationToken, Task<int>> Run);

/// <summary>The command line is wrong; the message says where.</summary>
internal sealed class UsageException(string message) : Exception(message);

/// <summary>What follows a command: words, <c>--name value</c> and <c>--flag</c>.</summary>
internal sealed class Arguments
{
    private readonly List<string> _words = [];
    private readonly Dictionary<string, string?> _options = [];

    public Arguments(IReadOnlyList<string> args)
    {
        Raw = args;
        for (var index = 0; index < args.Count; index++)
        {
            if (!args[index].StartsWith("--", StringComparison.Ordinal)) _words.Add(args[index]);
            else if (index + 1 < args.Count && !args[index + 1].StartsWith("--", StringComparison.Ordinal)) _options[args[index]] = args[++index];
            else _options[args[index]] = null;
        }
    }

    /// <summary>As they were given.</summary>
    public IReadOnlyList<string> Raw { get; }

    public string Word(int place, string name) => place < _words.Count ? _words[place] : throw new UsageException($"{name} is missing.");

    public bool Flag(string name) => _options.ContainsKey(name) && (_options[name] is null ? true : throw new UsageException($"{name} takes no value."));

    public string Text(string name, string? otherwise = null) =>
        _options.GetValueOrDefault(name) ?? otherwise ?? throw new UsageException($"{name} is missing.");

    public int Number(string name, int otherwise, int min, int max)
    {
        if (!_options.TryGetValue(name, out var text)) return otherwise;
        return int.TryParse(text, CultureInfo.InvariantCulture, out var value) && value >= min && value <= max
            ? value
            : throw new UsageException($"{name} must be a whole number from {min} to {max}.");
    }

    public double Real(string name, double otherwise, double min, double max)
    {
        if (!_options.TryGetValue(name, out var text)) return otherwise;
        return double.TryParse(text, CultureInfo.InvariantCulture, out var value) && value >= min && value <= max
            ? value
            : throw new UsageException($"{name} must be a number from {min} to {max}.");
    }
}
