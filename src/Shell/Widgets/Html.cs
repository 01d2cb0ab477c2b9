using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Unicode;
using Microsoft.AspNetCore.Components;

namespace AgentConsole.Shell.Widgets;

/// <summary>
/// Markup of what is only looked at, such as the cells of a row: one frame of a circuit's memory instead of thirty. Whatever is put in is escaped, unless it is markup itself.
/// Not for what has the focus: markup that changes is replaced as a whole.
/// </summary>
public static class Html
{
    /// <param name="text">Attributes have double quotes.</param>
    public static MarkupString Of(HtmlText text) => text.ToMarkup();

    /// <summary>With its leading space; nothing for null.</summary>
    public static MarkupString Attribute(string name, string? value) => value is null ? default : Of($" {name}=\"{value}\"");
}

/// <summary>Escapes the holes of an interpolated string.</summary>
[InterpolatedStringHandler]
public readonly ref struct HtmlText(int literals, int holes)
{
    private const int UsualHole = 16;
    private static readonly HtmlEncoder Encoder = HtmlEncoder.Create(UnicodeRanges.All);

    private readonly StringBuilder text = new(literals + holes * UsualHole);

    public void AppendLiteral(string literal) => text.Append(literal);

    public void AppendFormatted(MarkupString markup) => text.Append(markup.Value);

    public void AppendFormatted(string? value)
    {
        if (value is not null) text.Append(Encoder.Encode(value));
    }

    public void AppendFormatted(int number) => text.Append(CultureInfo.InvariantCulture, $"{number}");

    internal MarkupString ToMarkup() => new(text.ToString());
}
