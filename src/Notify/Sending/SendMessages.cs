using System.Diagnostics.Metrics;
using System.Security.Cryptography;
using AgentConsole.Platform;
using Npgsql;

namespace AgentConsole.Notify.Sending;

/// <summary>Sends what waits, a few at once, on every node that runs jobs. Each message arrives at least once; one that does not is tried for some fifteen hours and then given up, in sight.</summary>
internal sealed partial class SendMessages(Outbox outbox, ChannelSeal seal, CallHook hooks, SendEmail email, ChannelChanges changes, TimeProvider time, ILogger<SendMessages> logger) : LastingService(logger)
{
    private const int AtOnce = 8;
    /// <summary>They look one after the other, so that somebody looks each second.</summary>
    private static readonly TimeSpan Idle = TimeSpan.FromSeconds(AtOnce);
    private static readonly TimeSpan AfterTrouble = TimeSpan.FromSeconds(10);

    private static readonly Counter<long> Attempts = Telemetry.Meter.CreateCounter<long>("console.deliveries.attempts", "{attempt}", "Attempts to deliver a message, by kind of channel and outcome.");

    /// <summary>The most that one attempt takes.</summary>
    internal TimeSpan AttemptTakes { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>Sends one message that is due. False when none is.</summary>
    public async Task<bool> SendNextAsync(CancellationToken cancellationToken)
    {
        if (await outbox.TakeAsync(cancellationToken) is not { } delivery) return false;
        var began = time.GetUtcNow();
        var outcome = await TryAsync(delivery, cancellationToken);
        var isOver = outcome.Delivered || outcome.IsFinal || delivery.Tries >= Backoff.MostTries;
        var wait = Backoff.After(delivery.Tries, Random.Shared.NextDouble());
        if (outcome.RetryAfter > wait) wait = outcome.RetryAfter.Value;
        await outbox.SettleAsync(delivery, outcome, began, isOver ? null : time.GetUtcNow() + wait, CancellationToken.None);
        Attempts.Add(1, new("kind", delivery.Kind?.Name() ?? "removed"), new("outcome", outcome.Delivered ? "delivered" : isOver ? "given up" : "failed"));
        if (isOver && !outcome.Delivered) LogGivenUp(Log, delivery.Id, delivery.Tenant, delivery.Tries, outcome.Error);
        changes.Tell(delivery.Tenant);
        return true;
    }

    protected override Task WorkAsync(CancellationToken stoppingToken) => Task.WhenAll(Enumerable.Range(0, AtOnce).Select(place => SendOnAsync(TimeSpan.FromSeconds(place), stoppingToken)));

    private async Task SendOnAsync(TimeSpan first, CancellationToken stopping)
    {
        await Task.Delay(first, time, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        while (!stopping.IsCancellationRequested)
        {
            var wait = Idle;
            try
            {
                while (await SendNextAsync(stopping)) { }
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                return;
            }
            catch (Exception error) when (error is NpgsqlException or InvalidOperationException or IOException or TimeoutException)
            {
                // The lease runs out, and the message is taken on again.
                LogTrouble(Log, error);
                wait = AfterTrouble;
            }
            await Task.Delay(wait, time, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>A node that stops lets the attempt end by its lease: nobody knows what came of it.</summary>
    private async Task<Outcome> TryAsync(Sealed delivery, CancellationToken cancellationToken)
    {
        if (delivery is not { Target: { } target, Kind: { } kind }) return Outcome.Gone("The channel was removed.");
        using var late = new CancellationTokenSource(AttemptTakes, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
        try
        {
            var address = seal.Open(target);
            return kind switch
            {
                ChannelKind.Webhook => await hooks.SignedAsync(delivery, address, delivery.Secrets.Select(seal.Open), either.Token),
                ChannelKind.Slack => await hooks.SlackAsync(delivery, address, either.Token),
                ChannelKind.Email => await email.ExecuteAsync(delivery, address, either.Token),
                _ => throw new ArgumentOutOfRangeException(nameof(delivery)),
            };
        }
        catch (OperationCanceledException) when (late.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            return new(null, $"It did not answer within {AttemptTakes.TotalSeconds:0} s.");
        }
        catch (CryptographicException)
        {
            return new(null, "The keys that the channel is sealed with are not there. Make the channel again.");
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Delivery {Id} of tenant {Tenant} was given up after {Tries} tries: {Reason}")]
    private static partial void LogGivenUp(ILogger logger, Guid id, string tenant, int tries, string? reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "Messages could not be read or settled; they wait")]
    private static partial void LogTrouble(ILogger logger, Exception error);
}
