using System.Reflection;
using AgentConsole.Access;
using AgentConsole.Platform;
using AgentConsole.Tests.Testing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace AgentConsole.Tests.Access.Isolation;

/// <summary>Every deed that takes its caller, done by those who may only look or not even that, with their own tenant wherever a tenant or a text goes. What is new is asked too.</summary>
[Collection(nameof(TwoTenants))]
public sealed class WriteTests(TwoTenants shared)
{
    /// <summary>Deeds of whoever takes part in another's transaction: that one has asked.</summary>
    private static readonly Type[] Inside = [typeof(NpgsqlConnection), typeof(DbContext)];

    private static readonly MethodInfo[] Deeds =
    [
        .. from type in typeof(Caller).Assembly.GetTypes()
           where type is { IsClass: true, IsAbstract: false, ContainsGenericParameters: false }
           from method in type.GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly)
           where method.GetParameters().Any(static parameter => parameter.ParameterType == typeof(Caller)) && Answers(method.ReturnType)
           where !method.GetParameters().Any(static parameter => Inside.Any(inside => inside.IsAssignableFrom(parameter.ParameterType)))
           select method,
    ];

    [Fact]
    public async Task UnguardedAdminEndpoint_InACircuit_EveryDeedAsksItsCaller()
    {
        var before = await shared.ContentsAsync(TwoTenants.Own);
        var (wrong, named) = (new List<string>(), Deeds.Select(static deed => deed.DeclaringType!.Name).ToHashSet());
        foreach (var known in new[] { "CreateKey", "RevokeKey", "InviteMember", "ChangeRole", "SaveTenant", "AddPrice", "AcknowledgeAlert" }) Assert.Contains(known, named);
        await using var scope = shared.App.Services.CreateAsyncScope();
        foreach (var deed in Deeds)
            foreach (var caller in new[] { TestCaller.Nobody, TestCaller.WithoutRights, TestCaller.Viewer })
                if (await RefusalAsync(scope.ServiceProvider, deed, caller) is not { } refusal || !IsRefusal(refusal)) wrong.Add($"{caller} {deed.DeclaringType!.Name}.{deed.Name}");
        Assert.Equal("", string.Join('\n', wrong));
        var after = await shared.ContentsAsync(TwoTenants.Own);
        // What was refused is in the log.
        foreach (var table in before.Keys.Except(["audit_entries", "audit_heads"])) Assert.True(before[table] == after[table], table);
    }

    /// <summary>It may not, or there is nothing of that name within its reach. That something else is wrong with what it asked is not said before.</summary>
    private static bool IsRefusal(Error error) => error is NotAllowed || (error is not UnknownTimeZone && error.GetType().Name.StartsWith("Unknown", StringComparison.Ordinal));

    private static async Task<Error?> RefusalAsync(IServiceProvider services, MethodInfo deed, TestCaller caller)
    {
        var arguments = deed.GetParameters().Select(parameter => parameter.ParameterType == typeof(Caller) ? caller.Caller : Sample(parameter.ParameterType, parameter.Name!, 0)).ToArray();
        var done = (Task)deed.Invoke(services.GetRequiredService(deed.DeclaringType!), arguments)!;
        await done;
        var answer = done.GetType().GetProperty("Result")!.GetValue(done);
        return answer is null or Error ? (Error?)answer : (Error?)answer.GetType().GetProperty("Error")!.GetValue(answer);
    }

    private static bool Answers(Type type) =>
        type.IsGenericType && type.GetGenericTypeDefinition() == typeof(Task<>) && type.GetGenericArguments()[0] is var answer
        && (typeof(Error).IsAssignableFrom(answer) || (answer.IsGenericType && answer.GetGenericTypeDefinition() == typeof(Result<>)));

    /// <summary>Something of that type, as far as it goes.</summary>
    private static object? Sample(Type type, string name, int depth)
    {
        if (type == typeof(string)) return name.Contains("zone", StringComparison.OrdinalIgnoreCase) ? "UTC" : TwoTenants.Own;
        if (type == typeof(Guid)) return Guid.NewGuid();
        if (type == typeof(DateTimeOffset)) return ConsoleApp.Now;
        if (type == typeof(TimeSpan)) return TimeSpan.FromHours(1);
        if (type.IsEnum) return Enum.GetValues(type).GetValue(0);
        if (type.IsArray) return Array.CreateInstance(type.GetElementType()!, 0);
        if (type.IsPrimitive || type == typeof(decimal)) return Convert.ChangeType(1, type, System.Globalization.CultureInfo.InvariantCulture);
        if (type.IsInterface && type.IsGenericType && type.GetGenericArguments() is [var element] && type.IsAssignableFrom(element.MakeArrayType())) return Array.CreateInstance(element, 0);
        if (type.IsValueType) return Activator.CreateInstance(type);
        if (type.IsAbstract || type.IsInterface || depth > 4) return null;
        var maker = type.GetConstructors(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance)
            .Where(maker => maker.GetParameters().All(parameter => parameter.ParameterType != type)).MaxBy(static maker => maker.GetParameters().Length);
        return maker?.Invoke([.. maker.GetParameters().Select(parameter => Sample(parameter.ParameterType, parameter.Name!, depth + 1))]);
    }
}
