using System.Net;
using System.Net.Sockets;

namespace AgentConsole.Platform.Data.Embedded;

/// <summary>
/// Ports of 127.0.0.1 below those that systems hand out for outgoing connections:
/// a server that restarts must find its port as it left it.
/// </summary>
internal static class FreePort
{
    private const int First = 20_000;
    private const int Last = 32_000;
    private const int Tries = 100;

    public static int Pick()
    {
        for (var i = 0; i < Tries; i++)
        {
            var port = Random.Shared.Next(First, Last);
            if (IsFree(port))
                return port;
        }

        throw new EmbeddedPostgresException($"No free port on 127.0.0.1 between {First} and {Last}.");
    }

    public static bool IsFree(int port)
    {
        try
        {
            using var listener = new TcpListener(IPAddress.Loopback, port);
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
