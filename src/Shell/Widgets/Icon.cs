using System.Collections.Concurrent;
using System.Globalization;
using Microsoft.AspNetCore.Components;

namespace AgentConsole.Shell.Widgets;

/// <summary>
/// Line icons on a 20-unit grid; decoration only, the words are beside them or in the button's label. Markup and no component: a page has fifty, and each component would cost its circuit
/// three kilobytes for as long as the page is open.
/// </summary>
public static class Icon
{
    private static readonly ConcurrentDictionary<(string Name, int Size), MarkupString> Drawn = new();

    private static readonly Dictionary<string, string> Paths = new()
    {
        ["overview"] = "M3 3h6v8H3zM11 3h6v4h-6zM11 10h6v7h-6zM3 14h6v3H3z",
        ["usage"] = "M3 17V3M3 17h14M7 14V9M11 14V5M15 14v-3",
        ["requests"] = "M3 5h14M3 10h14M3 15h9",
        ["cases"] = "M9 15a6 6 0 1 0 0-12 6 6 0 0 0 0 12zM13.5 13.5 17 17",
        ["limits"] = "M3 13a7 7 0 0 1 14 0M10 13l4-4M3 16h14",
        ["budgets"] = "M10 2v16M14 5H8.5a2.5 2.5 0 0 0 0 5h3a2.5 2.5 0 0 1 0 5H6",
        ["alerts"] = "M5 14V9a5 5 0 0 1 10 0v5l1.5 1.5h-13zM8.5 17.5h3",
        ["keys"] = "M7 13a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7zM10.5 9.5H18M15 9.5V13",
        ["fallbacks"] = "M3 5h5c4 0 4 10 9 10M3 15h5c1 0 1.800-.6 2.400-1.500M14 5h3M14 12l3 3-3 3M11.500 6.500C12.200 5.600 13 5 14 5",
        ["latency"] = "M10 17a7 7 0 1 0 0-14 7 7 0 0 0 0 14zM10 6v4l3 2",
        ["prompts"] = "M3 4h14v9H9l-4 3.500V13H3z",
        ["fleet"] = "M3 4h14v5H3zM3 11h14v5H3zM6 6.500h.01M6 13.500h.01",
        ["prices"] = "M3 3h7l7 7-7 7-7-7zM6.500 6.500h.01",
        ["tenants"] = "M4 17V4h8v13M12 8h4v9M2 17h16M7 7h2M7 10h2M7 13h2",
        ["members"] = "M10 10a3.500 3.500 0 1 0 0-7 3.500 3.500 0 0 0 0 7zM3.500 17a6.500 6.500 0 0 1 13 0",
        ["audit"] = "M5 2.500h7l3 3V17.500H5zM8 9h4M8 12h4",
        ["jobs"] = "M4 6h12M4 10h12M4 14h7M15 13v4M13 15h4",
        ["menu"] = "M3 5h14M3 10h14M3 15h14",
        ["fold"] = "M12 5l-5 5 5 5M16 5v10",
        ["calendar"] = "M3 5h14v12H3zM3 9h14M7 3v4M13 3v4",
        ["pause"] = "M7 4v12M13 4v12",
        ["system"] = "M3 4h14v9H3zM7 17h6M10 13v4",
        ["light"] = "M10 13.500a3.500 3.500 0 1 0 0-7 3.500 3.500 0 0 0 0 7zM10 2v2M10 16v2M2 10h2M16 10h2M4.300 4.300l1.500 1.500M14.200 14.200l1.500 1.500M15.700 4.300l-1.500 1.500M5.800 14.200l-1.500 1.500",
        ["dark"] = "M16.500 12A7 7 0 0 1 8 3.500a7 7 0 1 0 8.500 8.500z",
        ["search"] = "M9 15a6 6 0 1 0 0-12 6 6 0 0 0 0 12zM13.500 13.500 17 17",
        ["eye"] = "M2 10s3-5.500 8-5.500 8 5.500 8 5.500-3 5.500-8 5.500S2 10 2 10zM10 12.500a2.500 2.500 0 1 0 0-5 2.500 2.500 0 0 0 0 5z",
        ["keyboard"] = "M2 5h16v10H2zM5 8h.01M8 8h.01M11 8h.01M14 8h.01M6 12h8",
        ["session"] = "M3 4h14v8H8l-4 3.500V12H3z",
        ["copy"] = "M7 7h10v10H7zM13 7V3H3v10h4",
        ["link"] = "M8.500 11.500l3-3M9 6l2-2a3.500 3.500 0 0 1 5 5l-2 2M11 14l-2 2a3.500 3.500 0 0 1-5-5l2-2",
        ["check"] = "M4 10.500l4 4 8-9",
        ["cross"] = "M5 5l10 10M15 5L5 15",
        ["plus"] = "M10 4v12M4 10h12",
        ["table"] = "M3 4h14v12H3zM3 8h14M3 12h14M8 4v12",
        ["chart"] = "M3 17V3M3 17h14M7 14V9M11 14V5M15 14v-3",
        ["picture"] = "M3 4h14v12H3zM3 14l4-4 3 3 3-4 4 5M7.500 7.500h.01",
        ["full"] = "M3 8V3h5M12 3h5v5M17 12v5h-5M8 17H3v-5",
        ["area"] = "M3 17V9l5-3 4 4 5-6v13z",
        ["line"] = "M3 14l5-6 4 4 5-8M3 17h14",
        ["heat"] = "M3 3h4v4H3zM8 3h4v4H8zM13 3h4v4h-4zM3 8h4v4H3zM8 8h4v4H8zM13 8h4v4h-4zM3 13h4v4H3zM8 13h4v4H8zM13 13h4v4h-4z",
        ["tree"] = "M3 3h8v14H3zM11 3h6v8h-6zM11 11h6v6h-6z",
        ["pivot"] = "M3 3h14v14H3zM3 8h14M8 3v14",
        ["tail"] = "M3 5h8M3 10h5M3 15h8M15 4v11M12 12l3 3 3-3",
        ["play"] = "M6 4l10 6-10 6z",
        ["dashboards"] = "M3 3h8v6H3zM13.500 3H17v6h-3.500zM3 11.500h4V17H3zM9.500 11.500H17V17H9.500z",
        ["pin"] = "M7 3h6l-1 5 3 3H5l3-3zM10 11v6",
        ["pencil"] = "M4 16l1-4 8-8 3 3-8 8zM11.500 5.500l3 3",
        ["left"] = "M16 10H4M9 5l-5 5 5 5",
        ["right"] = "M4 10h12M11 5l5 5-5 5",
        ["trash"] = "M4 6h12M8 6V4h4v2M6 6l1 11h6l1-11",
        ["views"] = "M5 3h10v14l-5-4-5 4z",
        ["warning"] = "M10 3l8 14H2zM10 8v4M10 14.500h.01",
        ["retry"] = "M16 10a6 6 0 1 1-1.800-4.300M16.500 3v3.500H13",
        ["filter"] = "M3 4h14l-5.500 6.500V16l-3 1.500v-7z",
        ["empty"] = "M3 11l3-7h8l3 7v5H3zM3 11h4l1 2h4l1-2h4",
        ["reconciliation"] = "M4 7h12M4 13h12M13 4l3 3-3 3M7 10l-3 3 3 3",
        ["up"] = "M10 16V4M5 9l5-5 5 5",
        ["down"] = "M10 4v12M5 11l5 5 5-5",
        ["blank"] = "",
        ["older"] = "M8 5l5 5-5 5",
        ["newest"] = "M10 5l-5 5 5 5M15 5l-5 5 5 5",
    };

    /// <param name="name">A name without a picture is drawn as an empty square.</param>
    /// <param name="size">Pixels, either way.</param>
    public static MarkupString Of(string name, int size = 18) => Drawn.GetOrAdd((name, size), static icon => Draw(icon.Name, icon.Size));

    private static MarkupString Draw(string name, int size) => new(string.Create(CultureInfo.InvariantCulture,
        $"""<svg class="icon" viewBox="0 0 20 20" width="{size}" height="{size}" fill="none" stroke="currentColor" stroke-width="1.6" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true"><path d="{Paths.GetValueOrDefault(name, "M4 4h12v12H4z")}" /></svg>"""));
}
