namespace AgentConsole.Usage;

/// <summary>One session: what its requests were together.</summary>
/// <param name="First">When its first request happened, and its last.</param>
/// <param name="ByModel">Dearest first.</param>
/// <param name="Curve">Cost over time, in <see cref="SessionQueries.CurvePoints"/> equal steps from the first request to the last.</param>
/// <param name="Users">Those it was for, most requests first, at most a few; likewise keys and agents.</param>
public sealed record UsageSession(
    string Tenant, string Id, DateTimeOffset First, DateTimeOffset Last, IReadOnlyList<SessionModel> ByModel, IReadOnlyList<CurvePoint> Curve,
    IReadOnlyList<RepeatedCalls> Repeats, IReadOnlyList<string> Users, IReadOnlyList<string> Keys, IReadOnlyList<string> Agents)
{
    public long Requests => ByModel.Sum(static model => model.Requests);
    public long Failures => ByModel.Sum(static model => model.Failures);
    public RequestTotal Total => new(Requests, ByModel.Sum(static model => model.Cost), ByModel.Sum(static model => model.Unpriced));
    public TimeSpan Length => Last - First;
}

public sealed record SessionModel(string Provider, string Model, long Requests, long Failures, long Unpriced, decimal Cost, long InputTokens, long CacheRead, long OutputTokens)
{
    public bool CostKnown => Unpriced < Requests;
}

/// <param name="Cost">USD of the priced requests of this step alone.</param>
public sealed record CurvePoint(DateTimeOffset From, long Requests, decimal Cost);

/// <summary>
/// The same call over and over: requests of one session with the same model, agent, operation and tool (and the same tag <c>callHash</c>, if they have one), each at most
/// <see cref="Within"/> after the one before it, with input tokens within <see cref="InputShare"/> of it and output tokens within <see cref="OutputShare"/>; without a tool, with the very same
/// numbers of both. <see cref="MinCalls"/> in a row and more are repeated.
/// </summary>
/// <param name="Cost">USD of the priced ones.</param>
public sealed record RepeatedCalls(
    string? Tool, string? Agent, string Provider, string Model, string? Operation, long Calls, DateTimeOffset First, DateTimeOffset Last, decimal Cost, long Unpriced)
{
    public const int MinCalls = 10;
    public const double InputShare = 0.10;
    public const double OutputShare = 0.50;
    public const string HashTag = "callHash";
    public static readonly TimeSpan Within = TimeSpan.FromSeconds(60);

    public bool CostKnown => Unpriced < Calls;
}

/// <summary>Where a request stands in its session.</summary>
/// <param name="Position">From 1, by time.</param>
/// <param name="Count">Of the session; <see cref="SessionQueries.MostCounted"/> when there are more.</param>
public sealed record SessionPlace(int Position, int Count, RequestName? Previous, RequestName? Next)
{
    public bool IsCounted => Count < SessionQueries.MostCounted;
}

public sealed record RequestName(string Id, string Source);
