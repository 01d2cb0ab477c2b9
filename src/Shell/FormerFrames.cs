using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Rendering;
using Microsoft.AspNetCore.Components.RenderTree;

namespace AgentConsole.Shell;

// BL0006: the render tree is for the framework alone and may change; that is what this is guarded and tested against.
#pragma warning disable BL0006

/// <summary>
/// What every component of a circuit drew the time before. The framework compares with it when the component draws again, has no further use for it, and empties it at the next drawing
/// only: until then a page that stands still weighs twice. This empties it before, in the same way, so that its buffers go back to the pool where the next drawing of any circuit finds them.
/// </summary>
/// <remarks>
/// The framework has no door to it, so four private fields are reached by name. A version that has them no more only has heavier circuits; a test tells. See docs/decisions/circuits.md.
/// </remarks>
internal static class FormerFrames
{
    private static bool isOutOfReach;

    /// <summary>Of all components of the circuit; call it between two drawings, as after one.</summary>
    /// <returns>Whether this version of the framework lets go.</returns>
    public static bool Release(ComponentBase component)
    {
        if (isOutOfReach) return false;
        try
        {
            ReleaseAll(RendererOf(ref HandleOf(component)));
            return true;
        }
        catch (MissingMemberException)
        {
            isOutOfReach = true;
            return false;
        }
    }

    private static void ReleaseAll(Renderer renderer)
    {
        foreach (var state in StatesOf(renderer).Values) FormerOf(state).Clear();
    }

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_renderHandle")]
    private static extern ref RenderHandle HandleOf(ComponentBase component);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_renderer")]
    private static extern ref Renderer RendererOf(ref RenderHandle handle);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_componentStateById")]
    private static extern ref Dictionary<int, ComponentState> StatesOf(Renderer renderer);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_nextRenderTree")]
    private static extern ref RenderTreeBuilder FormerOf(ComponentState state);
}
