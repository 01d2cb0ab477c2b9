using System.Text.Json;

namespace AgentConsole.Access.Pages;

/// <param name="Before">As JSON; null: it was not there.</param>
/// <param name="After">As JSON; null: it is no longer there.</param>
public sealed record AuditDifference(string Path, string? Before, string? After)
{
    public bool Differs => Before != After;
}

/// <summary>Two documents side by side, value by value.</summary>
public static class AuditDiff
{
    public const int MaxLines = 200;

    private static readonly JsonDocumentOptions Deep = new() { MaxDepth = 512 };

    /// <summary>Every value of either, in the order in which they come; the first 200.</summary>
    public static IReadOnlyList<AuditDifference> Of(string? before, string? after)
    {
        var (old, changed) = (Flatten(before), Flatten(after));
        return [.. old.Keys.Union(changed.Keys).Take(MaxLines).Select(path => new AuditDifference(path, old.GetValueOrDefault(path), changed.GetValueOrDefault(path)))];
    }

    private static Dictionary<string, string> Flatten(string? json)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        if (json is null) return values;
        using var document = JsonDocument.Parse(json, Deep);
        Add(values, "", document.RootElement);
        return values;
    }

    private static void Add(Dictionary<string, string> values, string path, JsonElement element)
    {
        if (values.Count > MaxLines) return;
        switch (element.ValueKind)
        {
            case JsonValueKind.Object when element.GetPropertyCount() > 0:
                foreach (var property in element.EnumerateObject()) Add(values, path.Length == 0 ? property.Name : $"{path}.{property.Name}", property.Value);
                break;
            case JsonValueKind.Array when element.GetArrayLength() > 0:
                foreach (var (index, item) in element.EnumerateArray().Index()) Add(values, $"{path}[{index}]", item);
                break;
            default:
                values[path] = element.ValueKind == JsonValueKind.String ? element.GetString()! : element.GetRawText();
                break;
        }
    }
}
