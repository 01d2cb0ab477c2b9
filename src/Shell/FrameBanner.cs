using Microsoft.AspNetCore.Components;

namespace AgentConsole.Shell;

/// <summary>A component that a feature puts above every page, in the frame and on static pages; it takes no parameters and shows nothing most of the time.</summary>
public sealed record FrameBanner(Type Component)
{
    internal RenderFragment Draw { get; } = Drawn.Of(Component);
}
