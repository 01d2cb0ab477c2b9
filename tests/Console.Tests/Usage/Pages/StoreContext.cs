using AgentConsole.Access;
using AgentConsole.Alerts;
using AgentConsole.Platform;
using AgentConsole.Platform.Data;
using AgentConsole.Pricing;
using AgentConsole.Shell;
using AgentConsole.Tests.Access.Isolation;
using AgentConsole.Tests.Testing;
using AgentConsole.Usage;
using AgentConsole.Usage.Ingest;
using AgentConsole.Usage.Rollups;
using AgentConsole.Views;
using Bunit;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace AgentConsole.Tests.Usage.Pages;

/// <summary>Pages over a real database of their own, without a browser; the database can be slow or go away.</summary>
public abstract class StoreContext(PostgresFixture postgres) : PagesContext, IClassFixture<PostgresFixture>, IAsyncLifetime
{
    private readonly CurrentPrices prices = new();
    private Database database = null!;
    private PriceStore stored = null!;
    private FollowPrices follow = null!;
    private string connectionString = "";

    private protected Database Database => database;

    private protected CurrentPrices PricesNow => prices;

    private protected PriceBook Book => prices.Book;

    private protected RaiseAlerts Raise { get; private set; } = null!;

    public virtual async Task InitializeAsync()
    {
        connectionString = await postgres.CreateDatabaseAsync(ConsoleApp.MigrateAsync);
        database = new Database(new PlatformOptions { Database = connectionString, DataDirectory = "" }, NullLogger<Database>.Instance);
        await database.OpenAsync(CancellationToken.None);
        var (time, contexts, still) = (TimeProvider.System, new Contexts(database, new ServiceCollection().BuildServiceProvider()), new ManualTime(SampleUsage.Now));
        var usage = new UsageQueries(database, contexts, new(), time);
        var explorer = new ExplorerQueries(database, prices, new EventReads(new UsageOptions(), time), new(), time);
        Services.AddSingleton(explorer);
        Services.AddSingleton(new SharedExplorations(explorer, time));
        var audit = new AuditLog(time);
        stored = new(database, time, NullLogger<PriceStore>.Instance);
        follow = new(stored, prices, Feed, time, NullLogger<FollowPrices>.Instance);
        Raise = new(time, NullLogger<RaiseAlerts>.Instance);
        Services.AddSingleton(new CurrentCaller(new SignedIn(TestCaller.Operator), new Denials(audit, database, time, NullLogger<Denials>.Instance)));
        Services.AddSingleton(new ViewQueries(contexts));
        Services.AddSingleton(new SaveView(database, audit, time));
        Services.AddSingleton(new DeleteView(database, audit));
        Services.AddSingleton(prices);
        Services.AddSingleton(new PriceQueries(prices, stored, still));
        Services.AddSingleton(new AddPrice(database, stored, prices, follow, audit, Feed, time));
        Services.AddSingleton(new ImportPrices(database, stored, follow, audit, Feed, time));
        Services.AddSingleton(new RepriceUsage(database, contexts, prices, audit, Feed, time));
        Services.AddSingleton(new MoneyQueries(database));
        Services.AddSingleton(usage);
        Services.AddSingleton(new SharedBreakdowns(usage, time));
        Services.AddSingleton(new SharedRequests(usage, time));
        Services.AddSingleton(new MonthForecasts(new SharedBreakdowns(usage, time), still));
        Services.AddSingleton(new LiveTail(database, time));
        Services.AddSingleton(new IngestionQueries(database));
        Services.AddSingleton(new DashboardQueries(contexts));
        Services.AddSingleton(new SaveDashboard(database, audit, Feed, time));
        Services.AddSingleton(new DeleteDashboard(database, audit, Feed));
        Services.AddSingleton(new AddressTile(Links.Usage, typeof(AgentConsole.Usage.Pages.UsageTile)));
        Services.AddSingleton<IVisitor>(static provider => provider.GetRequiredService<CurrentCaller>());
        Services.AddSingleton(new SessionQueries(database));
        Services.AddSingleton(new SubjectQueries(database));
        Services.AddSingleton(new CompareInvoice(usage));
        Services.AddSingleton(new ReconcileUsage(database, Raise, new(time, NullLogger<CloseAlerts>.Instance), Feed, still, NullLogger<ReconcileUsage>.Instance));
        Services.AddSingleton(new ReconciliationQueries(contexts));
        Services.AddSingleton(new AlertQueries(contexts));
        Services.AddSingleton(new AcknowledgeAlert(database, audit, Feed, time));
    }

    async Task IAsyncLifetime.DisposeAsync()
    {
        await DisposeAsync();
        follow.Dispose();
        await database.DisposeAsync();
    }

    private protected Task<NpgsqlConnection> OpenAsync() => database.Platform.OpenConnectionAsync().AsTask();

    private protected async Task ExecuteAsync(string sql)
    {
        await using var command = database.Owner.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    private protected async Task<T> ScalarAsync<T>(string sql)
    {
        await using var command = database.Owner.CreateCommand(sql);
        return (T)(await command.ExecuteScalarAsync())!;
    }

    /// <summary>As the writer does it: priced by no one but the caller.</summary>
    private protected Task SendAsync(params IEnumerable<UsageEvent> events) =>
        new LedgerTransaction(database, TimeProvider.System).WriteAsync([new IngestBatch([.. events], [])], CancellationToken.None);

    /// <summary>Until the rollups have every event there is now.</summary>
    private protected async Task RollUpAsync()
    {
        using var rollups = new RollUpUsage(database, TimeProvider.System, NullLogger<RollUpUsage>.Instance);
        await Eventually.TrueAsync(async () =>
        {
            while (await rollups.RollUpAsync(CancellationToken.None)) { }
            return await WaitingAsync() == 0;
        });
    }

    private async Task<long> WaitingAsync()
    {
        await using var session = await database.BeginAsync(Reach.Platform, CancellationToken.None);
        await using var command = new NpgsqlCommand("SELECT count(*) FROM usage_events WHERE xid >= (SELECT xid FROM usage_rollup_watermark)", session.Connection);
        return (long)(await command.ExecuteScalarAsync())!;
    }

    private protected static UsageEvent Event(string id, string model, decimal? cost = null, string[]? conflicts = null) => new()
    {
        TenantId = "acme", Source = UsageSources.Native, Id = id, OccurredAt = SampleUsage.Now.AddHours(-1), Provider = "acme-ai", Model = model,
        Tokens = new TokenCounts { Input = 1000, Output = 200 }, Cost = cost, Conflicts = conflicts ?? [],
    };

    /// <summary>Until it is disposed, whoever reads requests waits.</summary>
    private protected async Task<IAsyncDisposable> HoldAsync()
    {
        var connection = await database.Owner.OpenConnectionAsync();
        await using var command = new NpgsqlCommand("BEGIN; LOCK TABLE usage_events, usage_reconciliations, alerts IN ACCESS EXCLUSIVE MODE", connection);
        await command.ExecuteNonQueryAsync();
        return connection;
    }

    /// <summary>From now on no query is answered.</summary>
    private protected Task BreakAsync() => TestPostgres.ExecuteAsync($"DROP DATABASE {new NpgsqlConnectionStringBuilder(connectionString).Database} WITH (FORCE)");

    private protected IRenderedComponent<TPage> Open<TPage>(string url) where TPage : Microsoft.AspNetCore.Components.IComponent =>
        Render<TPage>(parameters => parameters.AddCascadingValue(AgentConsole.Shell.Frame.Read(PageUrl.Parse(url), [], Reach.Platform)));

    private sealed class SignedIn(TestCaller caller) : AuthenticationStateProvider
    {
        public override Task<AuthenticationState> GetAuthenticationStateAsync() => Task.FromResult(new AuthenticationState(caller.Principal));
    }
}
