using System.Net;
using AgentConsole.Platform;
using AgentConsole.Tests.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace AgentConsole.Tests.Platform;

/// <summary>The host stops the app when a background service ends by an exception: ours never do.</summary>
public sealed class LastingServiceTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    [Fact]
    public void BackgroundService_OfOurs_IsLasting()
    {
        var others = from type in typeof(LastingService).Assembly.GetTypes()
                     where type.IsSubclassOf(typeof(BackgroundService)) && type != typeof(LastingService) && !type.IsSubclassOf(typeof(LastingService))
                     select type.FullName;
        Assert.Empty(others);
    }

    [Fact]
    public async Task Services_StoppedOneByOne_LeaveTheAppRunning()
    {
        var redis = await RedisServer.StartAsync();
        using var _ = redis;
        await using var app = await ConsoleApp.StartAsync(postgres, new Dictionary<string, string?> { ["ConnectionStrings:Redis"] = redis.ConnectionString });
        using var client = app.Client();
        var services = app.Services.GetServices<IHostedService>().OfType<LastingService>().ToList();
        Assert.True(services.Count > 10, $"{services.Count} services");
        foreach (var service in services)
        {
            await service.StopAsync(CancellationToken.None);
            Assert.True(service.ExecuteTask!.IsCompletedSuccessfully, $"{service.GetType().Name} ended as {service.ExecuteTask.Status}");
        }
        using var live = await client.GetAsync("/health/live");
        Assert.Equal(HttpStatusCode.OK, live.StatusCode);
        Assert.False(app.Get<IHostApplicationLifetime>().ApplicationStopping.IsCancellationRequested);
    }

    [Fact]
    public async Task Service_ThatFails_BeginsAnew_AndTheHostGoesOn()
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton<Failing>();
        builder.Services.AddHostedService(static provider => provider.GetRequiredService<Failing>());
        using var host = builder.Build();
        await host.StartAsync();
        var service = host.Services.GetRequiredService<Failing>();
        await Eventually.TrueAsync(() => service.Begun >= 2);
        Assert.False(host.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping.IsCancellationRequested);
        await host.StopAsync();
        Assert.True(service.ExecuteTask!.IsCompletedSuccessfully);
    }

    /// <summary>Why there is such a thing: the host takes the cancellation of one service for a failure, and stops.</summary>
    [Fact]
    public async Task PlainService_StoppedByItself_StopsTheHost()
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton<Plain>();
        builder.Services.AddHostedService(static provider => provider.GetRequiredService<Plain>());
        using var host = builder.Build();
        await host.StartAsync();
        await host.Services.GetRequiredService<Plain>().StopAsync(CancellationToken.None);
        await Eventually.TrueAsync(() => host.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping.IsCancellationRequested);
        await host.StopAsync();
    }

    private sealed class Plain : BackgroundService
    {
        protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, stoppingToken);
    }

    private sealed class Failing() : LastingService(NullLogger.Instance)
    {
        public int Begun { get; private set; }

        protected override Task WorkAsync(CancellationToken stoppingToken)
        {
            Begun++;
            // Nobody asked it to stop: a cancellation of something else.
            throw Begun == 1 ? new OperationCanceledException() : new InvalidOperationException();
        }
    }
}
