using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace AgentConsole.Usage.Ingest;

/// <summary>
/// The fields of an object by name, found in one pass over it: some forty are asked for of every item, and the document walks the whole object for each. What it cannot keep, an
/// escaped name or one of too many, it leaves to the document.
/// </summary>
internal struct FieldTable
{
    private const int Slots = 128;
    private const int Most = 64;

    private Table _table;
    private bool _isWhole;

    public void Fill(JsonElement item)
    {
        if (item.ValueKind != JsonValueKind.Object) return;
        var count = 0;
        foreach (var field in item.EnumerateObject())
        {
            var name = JsonMarshal.GetRawUtf8PropertyName(field);
            if (count++ == Most || name.Contains((byte)'\\')) return;
            var slot = name.Length == 0 ? 0 : Hash(name.Length, name[0], name[^1], name[name.Length / 2]);
            // The last of one name is the one that counts.
            while (IsTaken(slot) && !JsonMarshal.GetRawUtf8PropertyName(_table[slot]).SequenceEqual(name)) slot = (slot + 1) % Slots;
            _table[slot] = field;
        }
        _isWhole = true;
    }

    public readonly bool TryGet(JsonElement item, string name, out JsonElement value)
    {
        value = default;
        if (!_isWhole) return item.ValueKind == JsonValueKind.Object && item.TryGetProperty(name, out value);
        for (var slot = Hash(name.Length, name[0], name[^1], name[name.Length / 2]); IsTaken(slot); slot = (slot + 1) % Slots)
        {
            if (!Ascii.Equals(JsonMarshal.GetRawUtf8PropertyName(_table[slot]), name)) continue;
            value = _table[slot].Value;
            return true;
        }
        return false;
    }

    private readonly bool IsTaken(int slot) => _table[slot].Value.ValueKind != JsonValueKind.Undefined;

    private static int Hash(int length, int first, int last, int middle) => (length * 31 + first * 7 + last * 13 + middle * 3) % Slots;

    [InlineArray(Slots)]
    private struct Table
    {
        private JsonProperty _first;
    }
}
