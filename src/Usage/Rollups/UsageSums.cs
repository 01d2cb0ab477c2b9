using AgentConsole.Pricing;
using Npgsql;

namespace AgentConsole.Usage.Rollups;

/// <summary>Everything of a group that adds up, from which its measures follow: shares and percentiles too are those of the sums, and are never summed themselves.</summary>
/// <param name="known">What was asked for of events, also where there are none.</param>
internal sealed class UsageSums(EventMeasures known = EventMeasures.None)
{
    private LatencyHistogram? _latency, _firstToken;
    private readonly long[] _tokens = new long[TokenCounts.BucketCount];
    private EventMeasures _known = known;
    private long _requests, _failures, _attempts, _unpriced, _timedTokens, _timedMs, _savingsUnknown;
    private decimal _cost, _savings;

    public long Requests => _requests;

    public bool HasHistogram => _latency is not null;

    /// <summary>Adds a row: bucket, failures, requests, attempts, unpriced, cost, latency, then the token buckets.</summary>
    /// <param name="isPacked">Whether latencies come as a histogram, else as milliseconds.</param>
    /// <returns>False when a count is beyond what its counting can tell.</returns>
    public bool Add(NpgsqlDataReader reader, bool isPacked, Counting counting)
    {
        var exact = counting.TryRead(reader, 1, out var failures) & counting.TryRead(reader, 2, out var requests) & counting.TryRead(reader, 3, out var attempts) & counting.TryRead(reader, 4, out var unpriced);
        for (var bucket = 0; bucket < _tokens.Length; bucket++)
        {
            exact &= counting.TryRead(reader, EventColumns.FirstToken + bucket, out var count);
            _tokens[bucket] = checked(_tokens[bucket] + count);
        }
        if (!exact) return false;
        (_failures, _requests, _attempts, _unpriced) = (_failures + failures, _requests + requests, _attempts + attempts, _unpriced + unpriced);
        _cost += reader.GetDecimal(5);
        if (!reader.IsDBNull(6)) Add(ref _latency, reader.GetFieldValue<byte[]>(6), isPacked);
        return true;
    }

    /// <summary>Adds what only events know, from the columns at the end of the row that was added.</summary>
    public void AddEvents(NpgsqlDataReader reader, EventMeasures asked, int ordinal, PriceBook book)
    {
        _known |= asked;
        if (asked.HasFlag(EventMeasures.TimeToFirstToken))
        {
            if (!reader.IsDBNull(ordinal)) Add(ref _firstToken, reader.GetFieldValue<byte[]>(ordinal), isPacked: false);
            ordinal++;
        }
        if (asked.HasFlag(EventMeasures.TokensPerSecond))
        {
            _timedTokens += reader.GetInt64(ordinal++);
            _timedMs += reader.GetInt64(ordinal++);
        }
        if (!asked.HasFlag(EventMeasures.CacheSavings)) return;
        if (EventColumns.CacheSavings(reader, ordinal, book) is { } savings) _savings += savings;
        else _savingsUnknown += reader.GetInt64(2);
    }

    /// <summary>Takes little room from now on, as long as nothing is added to it.</summary>
    public void Compact()
    {
        _latency?.Compact();
        _firstToken?.Compact();
    }

    public void Add(UsageSums other) => Add(other, 1);

    /// <summary>What is left of a whole without one of its parts.</summary>
    public void Subtract(UsageSums part) => Add(part, -1);

    public Measures ToMeasures() => new(_requests, _failures, _attempts, TokenCounts.Of(_tokens), _cost, _unpriced, _latency?.Percentiles()) { Events = Figures() };

    private EventFigures? Figures() => _known == EventMeasures.None ? null : new(
        _known.HasFlag(EventMeasures.CacheSavings) && (_requests == 0 || _savingsUnknown < _requests) ? _savings : null,
        _savingsUnknown,
        _firstToken?.Percentiles(),
        _known.HasFlag(EventMeasures.TokensPerSecond) && _timedMs > 0 ? _timedTokens * 1000.0 / _timedMs : null);

    private void Add(UsageSums other, int sign)
    {
        _requests += sign * other._requests;
        _failures += sign * other._failures;
        _attempts += sign * other._attempts;
        _unpriced += sign * other._unpriced;
        _timedTokens += sign * other._timedTokens;
        _timedMs += sign * other._timedMs;
        _savingsUnknown += sign * other._savingsUnknown;
        _cost += sign * other._cost;
        _savings += sign * other._savings;
        for (var bucket = 0; bucket < _tokens.Length; bucket++) _tokens[bucket] = checked(_tokens[bucket] + (sign * other._tokens[bucket]));
        _known |= other._known;
        if (other._latency is { } latency) (_latency ??= new()).Add(latency, sign);
        if (other._firstToken is { } firstToken) (_firstToken ??= new()).Add(firstToken, sign);
    }

    private static void Add(ref LatencyHistogram? histogram, byte[] sent, bool isPacked)
    {
        if (sent.Length == 0) return;
        histogram ??= new();
        if (isPacked) histogram.AddPacked(sent);
        else histogram.AddMilliseconds(sent);
    }
}

/// <summary>The columns of a read of events, in the order in which they are asked for.</summary>
internal static class EventColumns
{
    /// <summary>After the bucket, the sums and the latencies.</summary>
    public const int FirstToken = 7;

    public const int FirstGroup = FirstToken + TokenCounts.BucketCount;

    /// <summary>The time in which the output came, and whether the request told it; a request that did not stream answers all at once at its end.</summary>
    private const string Generation = "(r.latency_ms - coalesce(r.ttft_ms, 0))";

    private static readonly string Timed = $"FILTER (WHERE {Generation} > 0 AND r.output + r.reasoning > 0)";

    /// <summary>Requests that were priced alike add up before they are priced: a price is so much per token.</summary>
    private const string PricedAlike = ", r.provider, r.model, r.price_id, r.service_tier, r.batch, r.region, (r.cache_read + r.cache_write_5m + r.cache_write_1h + r.audio_cache_read > 0)";

    /// <summary>To follow the groups of a SELECT.</summary>
    public static string Select(EventMeasures asked) =>
        (asked.HasFlag(EventMeasures.TimeToFirstToken) ? ", string_agg(int4send(r.ttft_ms), '')" : "")
        + (asked.HasFlag(EventMeasures.TokensPerSecond) ? $", coalesce(sum(r.output + r.reasoning) {Timed}, 0)::bigint, coalesce(sum({Generation}) {Timed}, 0)::bigint" : "")
        + GroupBy(asked);

    /// <summary>To follow the groups of a GROUP BY.</summary>
    public static string GroupBy(EventMeasures asked) => asked.HasFlag(EventMeasures.CacheSavings) ? PricedAlike : "";

    public static TokenCounts Tokens(NpgsqlDataReader reader)
    {
        var tokens = default(TokenCounts);
        foreach (var bucket in TokenCounts.Buckets)
            if (reader.GetInt64(FirstToken + (int)bucket) is > 0 and var count) tokens = tokens.With(bucket, count);
        return tokens;
    }

    /// <summary>Null when tokens were cached and their prices are not known.</summary>
    public static decimal? CacheSavings(NpgsqlDataReader reader, int ordinal, PriceBook book)
    {
        if (!reader.GetBoolean(ordinal + 6)) return 0;
        if (reader.IsDBNull(ordinal + 2)) return null;
        var consumption = new Consumption(
            "", reader.GetString(ordinal), reader.GetString(ordinal + 1), default, Tokens(reader), reader.GetString(ordinal + 3), reader.GetBoolean(ordinal + 4),
            reader.IsDBNull(ordinal + 5) ? null : reader.GetString(ordinal + 5));
        return book.CacheSavings(consumption, reader.GetString(ordinal + 2));
    }
}
