using AgentConsole.Access;
using AgentConsole.Platform;
using AgentConsole.Platform.Data;
using AgentConsole.Platform.Live;
using AgentConsole.Shell;

namespace AgentConsole.Pricing;

/// <param name="Added">False when the book has this very row already.</param>
public sealed record AddedPrice(PriceRow Row, bool Added);

/// <summary>Enters one dated price. A row of the same model, tier, size and start is retired by it, never rewritten.</summary>
public sealed class AddPrice
{
    private readonly Database _database;
    private readonly PriceStore _store;
    private readonly CurrentPrices _current;
    private readonly FollowPrices _prices;
    private readonly AuditLog _audit;
    private readonly IChangeFeed _changes;
    private readonly TimeProvider _time;

    internal AddPrice(Database database, PriceStore store, CurrentPrices current, FollowPrices prices, AuditLog audit, IChangeFeed changes, TimeProvider time) =>
        (_database, _store, _current, _prices, _audit, _changes, _time) = (database, store, current, prices, audit, changes, time);

    /// <summary>Fails with <see cref="NotAllowed"/>, <see cref="InvalidPrice"/>, or with <see cref="SuspiciousPrice"/> unless <paramref name="confirmed"/>.</summary>
    public async Task<Result<AddedPrice>> ExecuteAsync(PriceRow price, bool confirmed, Caller caller, CancellationToken cancellationToken)
    {
        if (!caller.CanOnPlatform(Permission.ManagePrices)) return caller.Refuse("prices.add");
        if (price.Tenant is { } named && !Tenant.IsValidId(named)) return new InvalidPrice($"\"{named}\" is not a tenant id.");
        var row = price with
        {
            Origin = PriceOrigin.Entered,
            ValidFrom = price.ValidFrom?.ToUniversalTime(),
            ValidTo = price.ValidTo?.ToUniversalTime(),
            Source = price.Source.Length == 0 ? caller.Name : price.Source,
        };
        if (!confirmed && PriceGuard.Check(row, _current.Book) is { } warning) return new SuspiciousPrice(warning);
        var added = await WriteAsync(row, row.Tenant ?? StoredPrice.List, confirmed, caller.Actor, cancellationToken);
        await _prices.RefreshAsync(cancellationToken);
        _changes.Signal(Topics.Prices);
        return new AddedPrice(row with { AddedAt = _time.GetUtcNow() }, added);
    }

    private async Task<bool> WriteAsync(PriceRow row, string tenant, bool confirmed, Actor actor, CancellationToken cancellationToken)
    {
        await using var session = await _database.BeginAsync(Reach.Platform, cancellationToken);
        var connection = session.Connection;
        await PriceStore.LockAsync(connection, tenant, cancellationToken);
        var before = (await _store.ReadActiveAsync(connection, tenant, cancellationToken)).FirstOrDefault(price => price.Row.Key == row.Key);
        if (before?.Row.Id == row.Id) return false;
        await _store.WriteAsync(connection, tenant, before is null ? [] : [before.RowId], [row], actor, cancellationToken);
        var after = PriceJson.Write(row);
        if (confirmed) after["confirmed"] = true;
        await _audit.AppendAsync(connection, new(tenant, actor, "prices.add", row.Id, before is null ? null : PriceJson.Write(before.Row), after), cancellationToken);
        await session.CommitAsync(cancellationToken);
        return true;
    }
}
