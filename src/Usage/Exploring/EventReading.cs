using AgentConsole.Pricing;
using AgentConsole.Usage.Rollups;

namespace AgentConsole.Usage.Exploring;

/// <summary>More groups than are held in memory for one answer.</summary>
internal sealed class TooManyGroupsException : Exception;

/// <summary>One read of raw events: in parts, so that it can tell how far it is, and with a ceiling on what it holds.</summary>
/// <param name="mostCells">Groups times buckets.</param>
/// <param name="read">Told up to when events are read, after each part.</param>
internal sealed class EventReading(PriceBook book, int mostCells, Action<DateTime> read)
{
    private const int MostParts = 60;
    private static readonly TimeSpan ShortestPart = TimeSpan.FromDays(1);

    public PriceBook Book => book;

    /// <summary>The pieces cut at the ends of the parts, part by part, ascending.</summary>
    public IReadOnlyList<IReadOnlyList<Piece>> Parts(IReadOnlyList<Piece> pieces)
    {
        if (pieces.Count == 0) return [];
        var width = Math.Max(ShortestPart.Ticks, (pieces[^1].To - pieces[0].From).Ticks / MostParts);
        var parts = new List<List<Piece>>();
        var end = DateTime.MinValue;
        foreach (var piece in pieces)
        {
            for (var from = piece.From; from < piece.To;)
            {
                if (from >= end)
                {
                    parts.Add([]);
                    end = new DateTime(from.Ticks - from.Ticks % width + width, DateTimeKind.Utc);
                }
                var to = piece.To < end ? piece.To : end;
                parts[^1].Add(piece with { From = from, To = to });
                from = to;
            }
        }
        return parts;
    }

    public void Read(IReadOnlyList<Piece> part) => read(part[^1].To);

    public void Hold(int cells)
    {
        if (cells > mostCells) throw new TooManyGroupsException();
    }
}
