namespace AgentConsole.Usage;

/// <summary>What is watched as it comes in.</summary>
/// <param name="Key">The same for the same question, another for any other.</param>
public sealed record TailQuery(string Key, UsageFilter Filter, RequestFilter Where);

/// <summary>What came in, as far as it is held; every viewer of the same question has the same, and a place in it of its own.</summary>
/// <param name="Run">Another when the counting began anew.</param>
/// <param name="Arrived">How many came since the counting began; those that were there before have numbers of zero and below.</param>
/// <param name="Rows">Newest first, by when they came in, not by when they happened; at most <see cref="LiveTail.Held"/>.</param>
public sealed record TailAnswer(Guid Run, long Arrived, IReadOnlyList<TailRow> Rows, DateTimeOffset CompleteTo);

/// <param name="Number">The last one has that of <see cref="TailAnswer.Arrived"/>; those that were skipped have numbers too.</param>
public sealed record TailRow(long Number, RequestRow Row);
