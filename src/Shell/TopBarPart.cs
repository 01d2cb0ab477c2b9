using Microsoft.AspNetCore.Components;

namespace AgentConsole.Shell;

/// <summary>A component that a feature puts at the end of the top bar; it takes no parameters.</summary>
public sealed record TopBarPart(Type Component)
{
    internal RenderFragment Draw { get; } = Drawn.Of(Component);
}
