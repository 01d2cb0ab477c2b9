using System.Text.Json;
using AgentConsole.Pricing;

namespace AgentConsole.Usage.Ingest.Dialects;

/// <summary>Reads a provider's own usage object, or the response body that contains it, into disjoint buckets.</summary>
/// <remarks>
/// A count that contradicts another is never bent into shape. The rule is one: a part that does not fit into its whole
/// was not in it, so it stands beside it and a conflict is raised. Buckets are thus never negative, and their sum is defined.
/// A count that is no count (negative, broken, beyond <see cref="MaxCount"/>) makes the whole reading an error.
/// </remarks>
public static class RawUsage
{
    /// <summary>Tokens or uses; more of one kind in one request is an error of the sender.</summary>
    public const long MaxCount = 1_000_000_000_000;

    /// <param name="dialect">One of <c>openai-chat</c>, <c>openai-responses</c>, …; null to infer it from the provider and the shape.</param>
    public static RawUsageReading Read(JsonElement raw, string? dialect, string provider)
    {
        var canonical = Providers.Canonical(provider);
        if (raw.ValueKind != JsonValueKind.Object)
            return RawUsageReading.Failed(dialect, "rawUsage must be a JSON object.");
        var usage = UsageBody.Find(raw);
        var conflicts = new Conflicts();
        if (Choose(usage, dialect, canonical, ref conflicts, out var error) is not { } chosen)
            return RawUsageReading.Failed(dialect, error!);
        var counts = new Counts(stackalloc long[Counts.Size]);
        if (chosen.TryRead(usage, ref counts, ref conflicts) is { } bad)
            return RawUsageReading.Failed(chosen.Name, bad);
        var tokens = Disjoint.From(counts, chosen, ref conflicts);
        if (UsageExtras.TryReadToolUses(raw, usage, out var toolUses) is { } badUse)
            return RawUsageReading.Failed(chosen.Name, badUse);
        UsageExtras.Compare(usage, chosen, dialect is not null, ref conflicts);
        return new RawUsageReading(tokens, chosen.Name, conflicts.Codes, toolUses,
            UsageExtras.ServiceTier(raw, usage), UsageExtras.Region(usage), null);
    }

    /// <summary>The declared dialect if the object speaks it at all; else the one its shape and provider tell. LiteLLM hands on some providers' objects untouched.</summary>
    private static Dialect? Choose(JsonElement usage, string? declared, string provider, ref Conflicts conflicts, out string? error)
    {
        error = null;
        if (declared is not null)
        {
            if (DialectTable.Named(declared, provider) is not { } named)
            {
                error = $"usageDialect '{declared}' is unknown; one of {DialectTable.PublicNames}.";
                return null;
            }
            if (named.Speaks(usage))
                return named;
        }
        var inferred = DialectTable.Infer(usage, provider);
        if (inferred is null)
            error = "rawUsage holds no token counts of a known shape.";
        else if (declared is not null && declared != DialectTable.LiteLlm.Name)
            conflicts.Add(ConflictCodes.DialectMismatch);
        return inferred;
    }
}

/// <param name="Error">Why it could not be read, for the sender; null when it could.</param>
public sealed record RawUsageReading(
    TokenCounts Tokens,
    string? Dialect,
    IReadOnlyList<string> Conflicts,
    IReadOnlyDictionary<string, long>? ToolUses,
    string? ServiceTier,
    string? Region,
    string? Error)
{
    internal static RawUsageReading Failed(string? dialect, string error) => new(default, dialect, [], null, null, null, error);
}
