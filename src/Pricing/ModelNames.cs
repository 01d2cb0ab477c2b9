namespace AgentConsole.Pricing;

/// <summary>The names one model goes by: as sent, and without the path that routers and clouds put before it.</summary>
internal static class ModelNames
{
    /// <summary>As sent first. The path is dropped only when each part of it is a known word, so that a maker's name stays part of the model's.</summary>
    public static IEnumerable<string> Variants(string model)
    {
        yield return model;
        var rest = model.AsSpan();
        while (rest.IndexOf('/') is var slash and > 0 && IsPath(rest[..slash]))
            rest = rest[(slash + 1)..];
        if (rest.Length > 0 && rest.Length < model.Length)
            yield return rest.ToString();
    }

    /// <summary>The vendor and the name of <c>vendor/name</c>, when the vendor is a known provider.</summary>
    public static (string Vendor, string Name)? Split(string model)
    {
        var slash = model.IndexOf('/', StringComparison.Ordinal);
        if (slash <= 0 || slash == model.Length - 1 || !Providers.IsKnown(model[..slash]))
            return null;
        return (Providers.Canonical(model[..slash]), model[(slash + 1)..]);
    }

    private static bool IsPath(ReadOnlySpan<char> part) =>
        part is "models" or "publishers" or "accounts" or "projects" or "locations" or "inference-profile" or "foundation-model"
        || part.StartsWith("arn:")
        || Providers.IsKnown(part.ToString());
}
