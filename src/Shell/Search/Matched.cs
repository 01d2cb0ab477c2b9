using AgentConsole.Shell.Widgets;
using Microsoft.AspNetCore.Components;

namespace AgentConsole.Shell.Search;

/// <summary>A text in which what was asked for is marked where it first occurs.</summary>
internal static class Matched
{
    public static MarkupString Of(string text, string by)
    {
        var at = by.Length == 0 ? -1 : text.IndexOf(by, StringComparison.OrdinalIgnoreCase);
        return at < 0 ? Html.Of($"{text}") : Html.Of($"{text[..at]}<mark>{text[at..(at + by.Length)]}</mark>{text[(at + by.Length)..]}");
    }
}
