using System.Text.Json;
using System.Text.Json.Nodes;
using AgentConsole.Access;
using AgentConsole.Platform;
using AgentConsole.Platform.Data;
using AgentConsole.Platform.Live;
using AgentConsole.Shell;

namespace AgentConsole.Pricing;

public enum CatalogueFormat { GenaiPrices, LiteLlm }

public static class CatalogueFormats
{
    public static CatalogueFormat? Parse(string? name) => name switch
    {
        "genai-prices" => CatalogueFormat.GenaiPrices,
        "litellm" => CatalogueFormat.LiteLlm,
        _ => null,
    };

    public static string Name(this CatalogueFormat format) => format switch
    {
        CatalogueFormat.GenaiPrices => "genai-prices",
        CatalogueFormat.LiteLlm => "litellm",
        _ => throw new ArgumentOutOfRangeException(nameof(format)),
    };
}

/// <summary>What an import does, or would do.</summary>
public sealed record PriceImport(IReadOnlyList<PriceChange> Changes, int Unchanged, IReadOnlyList<RejectedPrice> Rejected)
{
    public int Added => Changes.Count(static change => change.Kind == PriceChangeKind.Added);

    public int Changed => Changes.Count(static change => change.Kind == PriceChangeKind.Changed);
}

/// <summary>Takes a published catalogue into the price list. What it says differently is a new row; the old one prices no more and still explains what it priced.</summary>
public sealed class ImportPrices
{
    /// <summary>Unpacked.</summary>
    public const long MaxBytes = 32 * 1024 * 1024;

    private const int MaxAudited = 200;

    private readonly Database _database;
    private readonly PriceStore _store;
    private readonly FollowPrices _prices;
    private readonly AuditLog _audit;
    private readonly IChangeFeed _changes;
    private readonly TimeProvider _time;

    internal ImportPrices(Database database, PriceStore store, FollowPrices prices, AuditLog audit, IChangeFeed changes, TimeProvider time) =>
        (_database, _store, _prices, _audit, _changes, _time) = (database, store, prices, audit, changes, time);

    /// <summary>Reads a catalogue as its project publishes it. Fails with <see cref="UnreadableCatalogue"/> or <see cref="CatalogueTooLarge"/>.</summary>
    /// <param name="validFrom">Start of the prices that name none; null: since always.</param>
    public static async Task<Result<CatalogueReading>> ReadAsync(CatalogueFormat format, Stream body, DateTimeOffset? validFrom, CancellationToken cancellationToken)
    {
        try
        {
            using var catalogue = await JsonDocument.ParseAsync(new CappedStream(body, MaxBytes), cancellationToken: cancellationToken);
            var from = validFrom?.ToUniversalTime();
            var reading = format == CatalogueFormat.GenaiPrices ? Catalogue.ReadGenaiPrices(catalogue, from) : Catalogue.ReadLiteLlm(catalogue, from);
            return reading is { Rows.Count: 0, Rejected: [{ Entry: "" } only] } ? new UnreadableCatalogue(only.Reason) : reading;
        }
        catch (CappedStream.ExceededException)
        {
            return new CatalogueTooLarge();
        }
        catch (JsonException error)
        {
            return new UnreadableCatalogue($"The catalogue is not JSON: line {error.LineNumber + 1}, byte {error.BytePositionInLine + 1}.");
        }
        catch (InvalidDataException)
        {
            return new UnreadableCatalogue("The body is not valid gzip.");
        }
    }

    /// <summary>What the import would do; writes nothing. Fails with <see cref="NotAllowed"/>.</summary>
    public async Task<Result<PriceImport>> PreviewAsync(CatalogueReading catalogue, Caller caller, CancellationToken cancellationToken)
    {
        if (!caller.CanOnPlatform(Permission.ManagePrices)) return caller.Refuse("prices.import");
        await using var session = await _database.BeginAsync(Reach.Platform, cancellationToken);
        var plan = PriceDiff.Compare(await _store.ReadActiveAsync(session.Connection, StoredPrice.List, cancellationToken), catalogue.Rows, _time.GetUtcNow());
        return new PriceImport(plan.Changes, plan.Unchanged, catalogue.Rejected);
    }

    /// <summary>In one transaction: lock, compare, retire and add, audit. Then this node prices by it. Fails with <see cref="NotAllowed"/>.</summary>
    public async Task<Result<PriceImport>> ExecuteAsync(CatalogueFormat format, CatalogueReading catalogue, Caller caller, CancellationToken cancellationToken)
    {
        if (!caller.CanOnPlatform(Permission.ManagePrices)) return caller.Refuse("prices.import");
        await using var session = await _database.BeginAsync(Reach.Platform, cancellationToken);
        var (connection, actor) = (session.Connection, caller.Actor);
        await PriceStore.LockAsync(connection, StoredPrice.List, cancellationToken);
        var plan = PriceDiff.Compare(await _store.ReadActiveAsync(connection, StoredPrice.List, cancellationToken), catalogue.Rows, _time.GetUtcNow());
        var import = new PriceImport(plan.Changes, plan.Unchanged, catalogue.Rejected);
        await _store.WriteAsync(connection, StoredPrice.List, plan.Retired, plan.Added, actor, cancellationToken);
        await _audit.AppendAsync(connection, new(StoredPrice.List, actor, "prices.import", format.Name(), null, Describe(import)), cancellationToken);
        await session.CommitAsync(cancellationToken);
        await _prices.RefreshAsync(cancellationToken);
        _changes.Signal(Topics.Prices);
        return import;
    }

    private static JsonObject Describe(PriceImport import) => new()
    {
        ["added"] = import.Added,
        ["changed"] = import.Changed,
        ["unchanged"] = import.Unchanged,
        ["rejected"] = import.Rejected.Count,
        ["changes"] = new JsonArray([.. import.Changes.Where(static change => change.Kind == PriceChangeKind.Changed).Take(MaxAudited)
            .Select(static change => new JsonObject { ["before"] = change.Before?.Id, ["after"] = change.After?.Id })]),
    };
}
