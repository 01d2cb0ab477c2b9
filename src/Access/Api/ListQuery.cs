namespace AgentConsole.Access.Api;

/// <summary>What every list reads of its query string. Null characters, which the store has none of, are none.</summary>
internal readonly struct ListQuery(HttpContext context)
{
    private readonly IQueryCollection _query = context.Request.Query;

    public string? Text(string name) => _query[name].ToString().Replace("\0", "", StringComparison.Ordinal) is { Length: > 0 } text ? text : null;

    /// <summary>Null when it is no number of the range.</summary>
    public int? Limit => Text("limit") is not { } text ? 100 : int.TryParse(text, out var limit) && limit is >= 1 and <= 1000 ? limit : null;
}
