using Microsoft.AspNetCore.Components;

namespace AgentConsole.Shell;

/// <summary>A component that features register by its type and that takes no parameters. One that does no more than to draw another costs each circuit two kilobytes.</summary>
internal static class Drawn
{
    public static RenderFragment Of(Type component) => builder =>
    {
        builder.OpenComponent(0, component);
        builder.CloseComponent();
    };
}
