using Microsoft.AspNetCore.Components;

namespace AgentConsole.Shell.Widgets;

/// <summary>A change as an arrow and a percentage, in words for who does not see it.</summary>
public static class ChangeMark
{
    public static MarkupString Of(Change change)
    {
        var tone = change.Better switch { true => " ok", false => " critical", null => "" };
        var word = change.Direction switch { ChangeDirection.Up => "up ", ChangeDirection.Down => "down ", _ => "unchanged " };
        return Html.Of(
            $"""
            <span class="change{tone}" title="{change.Absolute} against {change.Against}">
              <span aria-hidden="true">{change.Arrow}</span> <span class="visually-hidden">{word}</span>{change.Percent ?? "new"}
              <span class="change-absolute">{change.Absolute}</span> <span class="visually-hidden">against {change.Against}</span>
            </span>
            """);
    }
}
