using Microsoft.AspNetCore.Components;

namespace AgentConsole.Shell.Widgets;

/// <summary>A dab of a series' colour, beside its name.</summary>
public static class Swatch
{
    /// <param name="colour">A token name: 1 to 8, other, ok, warning, critical or unknown.</param>
    public static MarkupString Of(string colour) => Html.Of($"<span class=\"swatch\" style=\"background: var(--series-{colour})\"></span>");
}
