using System.Runtime.InteropServices;
using AgentConsole.Bench;
using AgentConsole.Bench.Commands;

Command[] commands =
[
    Replay.Command,
    Ingest.Command,
    Query.Command,
    Explorer.Command,
    Isolation.Command,
    Idle.Command,
    Soak.Command,
    Circuits.Command,
    Crash.Command,
    Money.Command,
    Reprice.Command,
    Audit.Command,
    Limits.Command,
    LimitsProof.Model,
    LimitsProof.Crowd,
    LimitsOutage.Command,
];

using var stop = new CancellationTokenSource();
Console.CancelKeyPress += (_, pressed) =>
{
    pressed.Cancel = true;
    stop.Cancel();
};
using var terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, signal =>
{
    signal.Cancel = true;
    stop.Cancel();
});

if (args is not [var name, .. var rest] || commands.FirstOrDefault(command => command.Name == name) is not { } chosen)
    return Help(args.Length == 0 || args[0] is "help" or "--help" or "-h" ? 0 : 2);
try
{
    return await chosen.Run(new Arguments(rest), stop.Token);
}
catch (UsageException error)
{
    Console.Error.WriteLine($"{error.Message}\n\n  {chosen.Name} {chosen.Usage}");
    return 2;
}
catch (OperationCanceledException) when (stop.IsCancellationRequested)
{
    Console.Error.WriteLine("Stopped.");
    return 130;
}

int Help(int exitCode)
{
    Console.WriteLine("Measures Agent Console. Load goes to 127.0.0.1 only; every run is bounded and prints its floor beside its figure.\n");
    Console.WriteLine("  dotnet run -c Release --project tests/Console.Bench -- <command> [arguments]\n");
    foreach (var command in commands)
        Console.WriteLine($"  {command.Name} {command.Usage}\n      {command.Summary}\n");
    return exitCode;
}
