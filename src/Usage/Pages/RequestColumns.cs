using AgentConsole.Shell;

namespace AgentConsole.Usage.Pages;

/// <summary>What a list of requests can show of each, in the order it is shown.</summary>
public enum RequestColumn
{
    Status, Tenant, Model, User, Key, Session, Team, Agent, Tool, Operation, Prompt, Error, Input, CacheRead, Output, Cost, Latency, Ttft, Tries,
}

/// <summary>The columns that a URL names: <c>cols=model,cost</c>; the time is always there.</summary>
public static class RequestColumns
{
    public const string Parameter = "cols";

    public static readonly IReadOnlyList<RequestColumn> All = Enum.GetValues<RequestColumn>();

    private static readonly RequestColumn[] Common =
        [RequestColumn.Status, RequestColumn.Model, RequestColumn.User, RequestColumn.Key, RequestColumn.Input, RequestColumn.Output, RequestColumn.Cost, RequestColumn.Latency, RequestColumn.Tries];

    /// <summary>Beside an open request there is room for few; those that somebody chose stay.</summary>
    public static IReadOnlyList<RequestColumn> Beside(PageUrl url, IReadOnlyList<RequestColumn> usual) =>
        OpenRequest.Read(url) is null || url.Text(Parameter) is not null ? usual : [.. usual.Where(static column => column is RequestColumn.Status or RequestColumn.Model or RequestColumn.Tool or RequestColumn.Cost or RequestColumn.Latency)];

    /// <param name="severalTenants">Then the tenant is among those shown when none is chosen.</param>
    public static IReadOnlyList<RequestColumn> Read(PageUrl url, bool severalTenants)
    {
        if (url.Text(Parameter) is not { } text) return Default(severalTenants);
        var names = text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        return [.. All.Where(column => names.Contains(column.Name()))];
    }

    public static IReadOnlyList<RequestColumn> Default(bool severalTenants) => [.. All.Where(column => Common.Contains(column) || (severalTenants && column == RequestColumn.Tenant))];

    /// <summary>The same list with the column, or without it if it is there.</summary>
    public static PageUrl Toggle(PageUrl url, bool severalTenants, RequestColumn column)
    {
        var shown = Read(url, severalTenants);
        var after = All.Where(one => one == column ? !shown.Contains(one) : shown.Contains(one)).ToList();
        return after.SequenceEqual(Default(severalTenants)) ? url.Without(Parameter) : url.With(Parameter, after.Count == 0 ? "none" : string.Join(',', after.Select(static one => one.Name())));
    }

    public static string Name(this RequestColumn column) => column == RequestColumn.Latency ? "latencyMs" : char.ToLowerInvariant(column.ToString()[0]) + column.ToString()[1..];

    public static string Label(this RequestColumn column) => column switch
    {
        RequestColumn.Input => "Tokens in",
        RequestColumn.CacheRead => "Cached",
        RequestColumn.Output => "Tokens out",
        RequestColumn.Ttft => "First token",
        _ => column.ToString(),
    };

    /// <summary>What it is, where its name does not say.</summary>
    public static string? Title(this RequestColumn column) => column switch
    {
        RequestColumn.Tries => "Providers tried until one answered",
        RequestColumn.CacheRead => "Input tokens that came from a cache",
        RequestColumn.Ttft => "Time until the first token",
        _ => null,
    };

    /// <summary>Pixels, where there is room; the same share whichever rows are drawn, so that nothing moves while one scrolls.</summary>
    public static int Width(this RequestColumn column) => column switch
    {
        RequestColumn.Model => 190,
        RequestColumn.Session or RequestColumn.Prompt or RequestColumn.Error or RequestColumn.Tool => 150,
        RequestColumn.Status or RequestColumn.Key or RequestColumn.Team or RequestColumn.Agent => 116,
        RequestColumn.Cost => 124,
        RequestColumn.Tenant => 106,
        RequestColumn.Tries => 66,
        RequestColumn.Latency or RequestColumn.Ttft or RequestColumn.CacheRead => 86,
        _ => 96,
    };

    public static bool IsNumber(this RequestColumn column) => column >= RequestColumn.Input;
}
