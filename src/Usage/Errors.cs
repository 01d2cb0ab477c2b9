using AgentConsole.Platform;

namespace AgentConsole.Usage;

public sealed record UnreadableBody(string Reason) : Error("unreadable_body", Reason);

public sealed record UnsupportedMediaType(string Expected) : Error("unsupported_media_type", $"Content-Type must be {Expected}.");

public sealed record BodyTooLarge(string Reason) : Error("too_large", Reason);

/// <summary>More is waiting to be written than the queue holds; nothing of this request was taken.</summary>
public sealed record Overloaded(TimeSpan RetryAfter) : Error("overloaded", "Too much is waiting to be written. Send it again a little later.");

/// <summary>The store did not confirm the write; sending it again is safe.</summary>
public sealed record StoreUnavailable(TimeSpan RetryAfter) : Error("store_unavailable", "The store cannot be reached. Nothing was acknowledged; send it again.");

public sealed record InvalidQuery(string Reason) : Error("invalid_query", Reason);

public sealed record UnknownRequest(string Tenant, string Id) : Error("not_found", $"There is no request \"{Id}\" of tenant \"{Tenant}\".");

/// <summary>There was one: its key and its part of the sums are left.</summary>
public sealed record RemovedRequest(string Tenant, string Id) : Error("request_removed", $"The request \"{Id}\" is older than tenant \"{Tenant}\" keeps: its part of the sums is all that is left.");

/// <summary>There are no texts of a request, and why.</summary>
public sealed record NoContent(string Why, string Sentence) : Error(Why, Sentence)
{
    public static NoContent NotStored { get; } = new("content_not_stored", "The texts of this request were not stored: that was turned off when it came in.");

    public static NoContent NotSent { get; } = new("content_not_sent", "No texts came with this request.");

    public static NoContent Expired(int days) => new("content_expired", $"The texts of this request have expired: they are kept for {days} {(days == 1 ? "day" : "days")}.");

    public static NoContent Deleted(DateTimeOffset at) => new("content_deleted", $"The texts of this request were deleted on {at.UtcDateTime:yyyy-MM-dd}.");
}

public sealed record ForeignTenant() : Error("forbidden", "This API key belongs to another tenant.");

/// <summary>No rollup answers the question, and reading every request of the range takes too long.</summary>
public sealed record TooMuchToRead(TimeSpan Budget) : Error(
    "too_much_to_read", string.Create(System.Globalization.CultureInfo.InvariantCulture, $"Every request of this range has to be read for it, which takes more than {Budget.TotalSeconds:0} seconds. Take a shorter range, one tenant or a filter."));

/// <summary>The groups and buckets asked for are more than one answer holds.</summary>
public sealed record TooManyGroups(int Most) : Error(
    "too_many_groups", string.Create(System.Globalization.CultureInfo.InvariantCulture, $"There are more than {Most:N0} combinations of groups and buckets. Take another dimension, a coarser grain or a filter."));

/// <summary>Whoever asked did not want to wait.</summary>
public sealed record ReadCancelled() : Error("cancelled", "Reading was cancelled. Nothing is shown, since a part of a sum is no sum.");
