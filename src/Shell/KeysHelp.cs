using System.Collections.Concurrent;
using AgentConsole.Shell.Widgets;
using Microsoft.AspNetCore.Components;

namespace AgentConsole.Shell;

/// <summary>The keyboard shortcuts: keyboard.js opens them with a question mark. Markup that those who may open the same pages share.</summary>
internal static class KeysHelp
{
    private static readonly ConcurrentDictionary<string, MarkupString> Written = new();

    /// <param name="entries">The pages that are open to the visitor.</param>
    public static MarkupString Of(IReadOnlyList<NavEntry> entries) => Written.GetOrAdd(string.Join(' ', entries.Select(static entry => entry.Href)), _ => Write(entries));

    private static MarkupString Write(IReadOnlyList<NavEntry> entries)
    {
        var pages = entries.OrderBy(static entry => entry.Group).ThenBy(static entry => entry.Order)
            .Select(static entry => Shortcuts.Of(entry.Href) is { } letter ? Html.Of($"<div><dt><kbd>g</kbd> <kbd>{letter.ToString()}</kbd></dt><dd>{entry.Label}</dd></div>").Value : "");
        return Html.Of(
            $"""
            <dialog id="keys-help" class="sheet" aria-labelledby="keys-title">
              <header><h2 id="keys-title">Keyboard shortcuts</h2><button type="button" class="icon-button" data-dismiss aria-label="Close the shortcuts">{Icon.Of("cross", 16)}</button></header>
              <dl>
                <div><dt><kbd>Ctrl</kbd> <kbd>K</kbd> or <kbd>/</kbd></dt><dd>Search for anything</dd></div>
                <div><dt><kbd>?</kbd></dt><dd>These shortcuts</dd></div>
                <div><dt><kbd>Esc</kbd></dt><dd>Close what is open</dd></div>
                <div><dt><kbd>↑</kbd> <kbd>↓</kbd></dt><dd>The row above or below, in a table</dd></div>
                {new MarkupString(string.Concat(pages))}
              </dl>
            </dialog>
            """);
    }
}
