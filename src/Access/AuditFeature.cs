using System.Diagnostics;
using AgentConsole.Access.Audit;
using AgentConsole.Access.Pages;

namespace AgentConsole.Access;

/// <summary>The log of changes: written by every feature, read and verified here.</summary>
public static class AuditFeature
{
    /// <summary>The argument that verifies the chains and exits; behind it <c>--tenant x</c> for one of them.</summary>
    public const string VerifyCommand = "verify-audit";

    internal static void AddAudit(this IServiceCollection services)
    {
        services.AddSingleton<AuditLog>();
        services.AddSingleton<AuditQueries>();
        services.AddSingleton<VerifyAudit>();
        services.AddSingleton<AnchorAudit>();
        services.AddSingleton<Denials>();
        services.AddHostedService(static provider => provider.GetRequiredService<Denials>());
        services.AddHostedService<AuditSignals>();
        services.AddAuditPages();
    }

    /// <summary>Prints what breaks, or that nothing does and where each chain ends. The exit code: 0 whole, 1 broken, 2 not understood.</summary>
    public static async Task<int> VerifyAuditAsync(this WebApplication app, IReadOnlyList<string> words)
    {
        await using var _ = app;
        if (words is not ([] or ["--tenant", _]))
        {
            System.Console.Error.WriteLine($"Usage: {VerifyCommand} [--tenant <id>]");
            return 2;
        }
        var started = Stopwatch.GetTimestamp();
        var verdict = await app.Services.GetRequiredService<VerifyAudit>().ExecuteAsync(words is [_, var tenant] ? tenant : null, Caller.System, null, CancellationToken.None);
        if (!verdict.Ok)
        {
            System.Console.Error.WriteLine(verdict.Error.Message);
            return 2;
        }
        Print(verdict.Value, Stopwatch.GetElapsedTime(started));
        return verdict.Value.IsWhole ? 0 : 1;
    }

    private static void Print(AuditVerdict verdict, TimeSpan took)
    {
        foreach (var chain in verdict.Chains)
        {
            var name = chain.Tenant.Length == 0 ? "(platform)" : chain.Tenant;
            System.Console.WriteLine($"{(chain.Breaks.Count == 0 ? "whole " : "BROKEN")}  {name}  {chain.Head.Entries} entries, the last with hash {chain.Head.Hash}");
            foreach (var broken in chain.Breaks) System.Console.WriteLine($"        entry {broken.Sequence} {broken.Words}");
        }
        System.Console.WriteLine($"{verdict.Entries} entries verified in {took.TotalSeconds:F2} s: {(verdict.IsWhole ? "nothing was changed, removed or moved" : "the audit is broken")}");
    }
}
