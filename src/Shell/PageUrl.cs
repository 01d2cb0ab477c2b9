using System.Text;
using Microsoft.AspNetCore.WebUtilities;

namespace AgentConsole.Shell;

/// <summary>A page's address, which is its whole state: a path and repeatable query parameters. An empty value is a value: <c>user=</c> means "without a user".</summary>
public sealed record PageUrl
{
    /// <summary>What every page shares, and so what a link to another page carries along.</summary>
    public static readonly IReadOnlyList<string> FrameParameters = ["tenant", "range", "from", "to", "tz"];

    private readonly (string Name, string Value)[] parameters;

    private PageUrl(string path, (string Name, string Value)[] parameters)
    {
        Path = path;
        this.parameters = parameters;
    }

    /// <summary>With a leading slash, still escaped.</summary>
    public string Path { get; }

    public IReadOnlyList<(string Name, string Value)> Parameters => parameters;

    /// <summary>The first value; null when the parameter is absent.</summary>
    public string? this[string name]
    {
        get
        {
            foreach (var parameter in parameters)
                if (parameter.Name == name)
                    return parameter.Value;
            return null;
        }
    }

    /// <summary>The first value; null when the parameter is absent or empty.</summary>
    public string? Text(string name) => this[name] is { Length: > 0 } value ? value : null;

    public IEnumerable<string> All(string name) => parameters.Where(parameter => parameter.Name == name).Select(static parameter => parameter.Value);

    /// <param name="relative">Path and query, with or without a leading slash; a fragment is dropped.</param>
    public static PageUrl Parse(string relative)
    {
        relative = relative.Split('#', 2)[0];
        var query = relative.IndexOf('?', StringComparison.Ordinal);
        var path = query < 0 ? relative : relative[..query];
        var parameters = new List<(string, string)>();
        foreach (var pair in new QueryStringEnumerable(query < 0 ? "" : relative[query..]))
            parameters.Add((pair.DecodeName().ToString(), pair.DecodeValue().ToString()));
        return new("/" + path.TrimStart('/').TrimEnd('/'), [.. parameters]);
    }

    /// <summary>The parameter with exactly these values, at the end; with none, without it.</summary>
    public PageUrl With(string name, params IEnumerable<string> values) =>
        new(Path, [.. parameters.Where(parameter => parameter.Name != name), .. values.Select(value => (name, value))]);

    public PageUrl Without(params IReadOnlyCollection<string> names) =>
        new(Path, [.. parameters.Where(parameter => !names.Contains(parameter.Name))]);

    /// <summary>Without this one value of the parameter.</summary>
    public PageUrl WithoutValue(string name, string value) =>
        new(Path, [.. parameters.Where(parameter => parameter != (name, value))]);

    /// <summary>Another page with the same tenant, range and zone.</summary>
    public PageUrl To(string path) =>
        new(path, [.. parameters.Where(static parameter => FrameParameters.Contains(parameter.Name))]);

    /// <summary>Another page with all of this one's parameters.</summary>
    public PageUrl Carry(string path) => new(path, parameters);

    public bool Equals(PageUrl? other) => other is not null && Path == other.Path && parameters.AsSpan().SequenceEqual(other.parameters);

    public override int GetHashCode() => ToString().GetHashCode(StringComparison.Ordinal);

    public override string ToString()
    {
        var text = new StringBuilder(Path);
        for (var index = 0; index < parameters.Length; index++)
            text.Append(index == 0 ? '?' : '&').Append(Escape(parameters[index].Name)).Append('=').Append(Escape(parameters[index].Value));
        return text.ToString();
    }

    /// <summary>Colons stay readable: they are legal in a query and frequent in times and model names.</summary>
    private static string Escape(string value) => Uri.EscapeDataString(value).Replace("%3A", ":", StringComparison.Ordinal);
}
