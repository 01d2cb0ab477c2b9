using System.Security.Cryptography;
using System.Text;

namespace AgentConsole.Access.SignIn;

/// <summary>
/// Asks a service that lists breached passwords by range (as Have I Been Pwned does) whether it has one. It is told five of the forty digits of the hash, which hundreds of
/// passwords share. Off unless an address is configured; when it does not answer, passwords are not refused for it.
/// </summary>
internal sealed partial class BreachRange(AccessOptions options, IHttpClientFactory clients, ILogger<BreachRange> logger)
{
    public const string Client = "breach-range";
    private const int Told = 5;

    public async Task<bool> ContainsAsync(string password, CancellationToken cancellationToken)
    {
        if (options.BreachRange is not { } service) return false;
#pragma warning disable CA5350 // The service's own choice; nothing rests on its strength here.
        var hash = Convert.ToHexString(SHA1.HashData(Encoding.UTF8.GetBytes(password)));
#pragma warning restore CA5350
        try
        {
            using var client = clients.CreateClient(Client);
            var range = await client.GetStringAsync(new Uri(service, hash[..Told]), cancellationToken);
            return range.Split('\n').Any(line => line.StartsWith(hash[Told..], StringComparison.OrdinalIgnoreCase) && !line.TrimEnd().EndsWith(":0", StringComparison.Ordinal));
        }
        catch (Exception error) when (error is HttpRequestException or TaskCanceledException && !cancellationToken.IsCancellationRequested)
        {
            LogAway(logger, error);
            return false;
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The service of breached passwords does not answer; a password was taken without asking it")]
    private static partial void LogAway(ILogger logger, Exception error);
}
