using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.JSInterop;

namespace AgentConsole.Shell;

/// <summary>
/// What every circuit knows of how to write arguments for the browser. Of each number, text and list the writer describes all interfaces to itself, some seventy, each circuit anew, and it
/// keeps them: sixty kilobytes, before a page has said a word. Arguments are what they are and no interfaces, so these are not described.
/// </summary>
internal static class FrugalScript
{
    private static readonly IJsonTypeInfoResolver Resolver = new WithoutInterfaces();

    /// <summary>Tells the framework's own runtime of a circuit before its first word. How that writes is open to those alone who derive from it; where it cannot be told, a circuit is heavier.</summary>
    public static void AddFrugalScript(this IServiceCollection services)
    {
        if (services.LastOrDefault(static service => service.ServiceType == typeof(IJSRuntime))?.ImplementationType is not { } framework) return;
        services.AddScoped(provider => Tell((IJSRuntime)ActivatorUtilities.CreateInstance(provider, framework)));
    }

    private static IJSRuntime Tell(IJSRuntime runtime)
    {
        try
        {
            if (runtime is JSRuntime writes) OptionsOf(writes).TypeInfoResolver = Resolver;
        }
        catch (Exception error) when (error is MissingMemberException or InvalidOperationException)
        {
            // Another version of the framework: a test tells.
        }
        return runtime;
    }

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "get_JsonSerializerOptions")]
    private static extern JsonSerializerOptions OptionsOf(JSRuntime runtime);

    private sealed class WithoutInterfaces : DefaultJsonTypeInfoResolver
    {
        public override JsonTypeInfo GetTypeInfo(Type type, JsonSerializerOptions options) =>
            type.IsInterface && type.Namespace?.Split('.')[0] == "System" ? null! : base.GetTypeInfo(type, options);
    }
}
