namespace AgentConsole.Shell.Search;

/// <summary>The deeds of the frame itself.</summary>
internal static class ShellActions
{
    public static readonly SearchAction[] All =
    [
        new(10, "Copy the link to this page", "share url address", "link", null, Presses: "copy-link"),
        new(900, "Switch theme to light", "colour bright", "light", null, Presses: "theme-light"),
        new(901, "Switch theme to dark", "colour night", "dark", null, Presses: "theme-dark"),
        new(902, "Switch theme to the system's", "colour", "system", null, Presses: "theme-system"),
        new(910, "Show the keyboard shortcuts", "keys help", "keyboard", null, Presses: "keys"),
    ];
}
