using System.Globalization;

namespace AgentConsole.Platform;

/// <summary>Reads configuration into typed values and collects every error, each naming its key in environment form.</summary>
public sealed class Settings(IConfiguration configuration, IHostEnvironment environment)
{
    private readonly List<string> _errors = [];

    public IReadOnlyList<string> Errors => _errors;

    public bool IsDevelopment => environment.IsDevelopment();

    public string ContentRoot => environment.ContentRootPath;

    public string? Text(string key) => configuration[key] is { Length: > 0 } value ? value : null;

    /// <summary>The entries of a list, in order.</summary>
    public IEnumerable<IConfigurationSection> Children(string key) => configuration.GetSection(key).GetChildren();

    public bool Flag(string key, bool otherwise) => Read(key, otherwise, static (string text, out bool value) => bool.TryParse(text, out value), "true or false");

    public int Number(string key, int otherwise, int min, int max)
    {
        var value = Read(key, otherwise, static (string text, out int value) => int.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out value), $"a whole number from {min} to {max}");
        if (value >= min && value <= max) return value;
        Fail(key, $"{value} is not a whole number from {min} to {max}");
        return otherwise;
    }

    public void Fail(string key, string problem) => _errors.Add($"{key.Replace(":", "__", StringComparison.Ordinal)}: {problem}");

    private delegate bool TryParse<T>(string text, out T value);

    private T Read<T>(string key, T otherwise, TryParse<T> parse, string expected)
    {
        if (Text(key) is not { } text) return otherwise;
        if (parse(text, out var value)) return value;
        Fail(key, $"\"{text}\" is not {expected}");
        return otherwise;
    }
}
