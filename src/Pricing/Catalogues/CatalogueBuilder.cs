namespace AgentConsole.Pricing.Catalogues;

/// <summary>Collects rows and what had to be refused; a catalogue cannot say two things of one thing.</summary>
internal sealed class CatalogueBuilder
{
    private readonly Dictionary<string, PriceRow> _rows = [];
    private readonly List<RejectedPrice> _rejected = [];

    public CatalogueReading Reading => new([.. _rows.Values], _rejected);

    public void Reject(string entry, string reason) => _rejected.Add(new RejectedPrice(entry, reason));

    public void Add(string entry, PriceRow row)
    {
        var valid = PriceJson.Validate(row);
        if (!valid.Ok)
            Reject(entry, valid.Error.Message);
        else if (!_rows.TryAdd(row.Key, row) && _rows[row.Key] is var first && first.Id != row.Id)
            Reject(entry, $"The catalogue has another price for {row.Provider}/{row.Model}, which was taken.");
    }
}
