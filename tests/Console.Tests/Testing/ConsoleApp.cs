using System.Net.Http.Headers;
using AgentConsole.Platform;
using AgentConsole.Platform.Data;
using AgentConsole.Usage;
using AgentConsole.Usage.Rollups;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.AspNetCore.TestHost;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace AgentConsole.Tests.Testing;

/// <summary>
/// The real app in this process, on a real socket of 127.0.0.1, over a fresh migrated database: Production, no jobs, no demo, one platform key.
/// Its clock stands still at <see cref="Now"/>.
/// </summary>
internal sealed class ConsoleApp : WebApplicationFactory<Program>
{
    public const string ApiKey = "bootstrap-key-of-the-tests";

    /// <summary>When all tests happen, unless they move the clock.</summary>
    public static readonly DateTimeOffset Now = new(2026, 11, 20, 18, 0, 0, TimeSpan.Zero);

    private readonly string _connectionString;
    private readonly IReadOnlyDictionary<string, string?> _settings;
    private readonly Action<IServiceCollection>? _services;

    private ConsoleApp(string connectionString, IReadOnlyDictionary<string, string?> settings, Action<IServiceCollection>? services)
    {
        (_connectionString, _settings, _services) = (connectionString, settings, services);
        UseKestrel(0);
    }

    public ManualTime Time { get; } = new(Now);

    public string ConnectionString => _connectionString;

    /// <summary>The login that owns the tables: it sees every row.</summary>
    public NpgsqlDataSource Source => Services.GetRequiredService<Database>().Owner;

    /// <summary>Over a new database of <paramref name="postgres"/>; settings are configuration keys, such as <c>Usage:Writers</c>, and win.</summary>
    public static async Task<ConsoleApp> StartAsync(
        PostgresFixture postgres, IReadOnlyDictionary<string, string?>? settings = null, Action<IServiceCollection>? services = null) =>
        Start(await postgres.CreateDatabaseAsync(MigrateAsync), settings, services);

    public static ConsoleApp Start(string connectionString, IReadOnlyDictionary<string, string?>? settings = null, Action<IServiceCollection>? services = null)
    {
        var app = new ConsoleApp(connectionString, settings ?? new Dictionary<string, string?>(), services);
        app.StartServer();
        return app;
    }

    /// <summary>Every table, and the partitions around <see cref="Now"/>.</summary>
    public static async Task MigrateAsync(string connectionString)
    {
        await using var database = new Database(new PlatformOptions { Database = connectionString, DataDirectory = "" }, NullLogger<Database>.Instance);
        await database.OpenAsync(CancellationToken.None);
        await database.MigrateAsync(CancellationToken.None);
        await new UsagePartitions(database, new ManualTime(Now), NullLogger<UsagePartitions>.Instance).EnsureAsync(CancellationToken.None);
    }

    /// <summary>A client with the platform's key, or with another or none.</summary>
    public HttpClient Client(string? key = ApiKey)
    {
        var client = CreateClient();
        if (key is not null) client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        return client;
    }

    /// <summary>Where it listens.</summary>
    public Uri Address
    {
        get
        {
            using var client = CreateClient();
            return client.BaseAddress!;
        }
    }

    public T Get<T>() where T : notnull => Services.GetRequiredService<T>();

    public async Task<T> ScalarAsync<T>(string sql, params object[] values)
    {
        await using var command = Source.CreateCommand(sql);
        foreach (var value in values) command.Parameters.Add(new() { Value = value });
        return (T)(await command.ExecuteScalarAsync())!;
    }

    /// <summary>Until the rollups have every event there is now.</summary>
    public Task RollUpAsync() => Eventually.TrueAsync(async () =>
    {
        while (await Get<RollUpUsage>().RollUpAsync(CancellationToken.None)) { }
        return await CountAsync("usage_events WHERE xid >= (SELECT xid FROM usage_rollup_watermark)") == 0;
    });

    public Task<long> CountAsync(string tableAndCondition) => ScalarAsync<long>($"SELECT count(*) FROM {tableAndCondition}");

    public async Task ExecuteAsync(string sql)
    {
        await using var command = Source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    protected override void ConfigureWebHost(IWebHostBuilder builder)
    {
        builder.UseEnvironment("Production");
        var settings = new Dictionary<string, string?>
        {
            ["ConnectionStrings:Console"] = _connectionString,
            ["Roles"] = "Console,Gateway",
            ["Demo:Enabled"] = "false",
            ["Access:BootstrapKey"] = ApiKey,
            ["Logging:LogLevel:Default"] = "None",
        };
        foreach (var (key, value) in _settings) settings[key] = value;
        foreach (var (key, value) in settings) builder.UseSetting(key, value);
        builder.ConfigureLogging(static logging => logging.ClearProviders());
        builder.ConfigureTestServices(services =>
        {
            services.AddSingleton<TimeProvider>(Time);
            services.Configure<PasswordHasherOptions>(static hasher => hasher.IterationCount = 1000);
            _services?.Invoke(services);
        });
    }
}

/// <summary>One app for all tests of a class; they keep apart by tenant.</summary>
public sealed class SharedApp : IAsyncLifetime
{
    private readonly PostgresFixture _postgres = new();

    internal ConsoleApp App { get; private set; } = null!;

    internal HttpClient Client { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        App = await ConsoleApp.StartAsync(_postgres);
        Client = App.Client();
    }

    public async Task DisposeAsync()
    {
        Client.Dispose();
        await App.DisposeAsync();
        await _postgres.DisposeAsync();
    }
}
