using Microsoft.AspNetCore.Components;

namespace AgentConsole.Shell;

/// <summary>A card of the overview. Each feature registers its own as singletons, so that the overview of a person is what the features have for that one.</summary>
/// <param name="Of">What must be looked at for it to be there.</param>
/// <param name="Order">Ascending.</param>
/// <param name="Component">Takes no parameters but the frame, whose reach is that of <paramref name="Policy"/>.</param>
/// <param name="Policy">It is shown to whoever has it within what is looked at.</param>
/// <param name="IsWide">Two cards wide, where there is room.</param>
public sealed record OverviewCard(OverviewOf Of, int Order, Type Component, string Policy, bool IsWide = false)
{
    internal RenderFragment Draw { get; } = Drawn.Of(Component);
}

/// <summary>What the overview is about: one tenant, or several.</summary>
public enum OverviewOf { Any, OneTenant, SeveralTenants }
