using System.Globalization;
using Microsoft.AspNetCore.Components;

namespace AgentConsole.Shell.Widgets;

/// <summary>The shape of a measure over the range; decoration, its numbers are in the chart.</summary>
public static class Sparkline
{
    public static MarkupString Of(IReadOnlyList<double> values)
    {
        var top = values.Count == 0 ? 0 : values.Max();
        if (values.Count < 2 || top <= 0)
            return default;
        var points = string.Join(' ', values.Select((value, index) =>
            string.Create(CultureInfo.InvariantCulture, $"{index * 100.0 / (values.Count - 1):0.#},{22.5 - value / top * 21:0.#}")));
        return Html.Of($"""<svg class="sparkline" viewBox="0 0 100 24" preserveAspectRatio="none" aria-hidden="true"><polyline points="{points}" fill="none" stroke="currentColor" stroke-width="1.5" vector-effect="non-scaling-stroke" stroke-linejoin="round" /></svg>""");
    }
}
