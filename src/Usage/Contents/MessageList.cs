using System.Runtime.InteropServices;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace AgentConsole.Usage.Contents;

/// <summary>Messages as they are read, as far as they are kept: what is beyond <see cref="ContentSide.MaxBytes"/> is counted and left out.</summary>
internal sealed class MessageList
{
    /// <summary>Parts kept of one side; a part of no text must cost something, too.</summary>
    private const int MaxParts = 1000;
    private const int MaxNameLength = 200;
    private const string Unreadable = "(not text)";

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly List<ContentMessage> _messages = [];
    private List<ContentPart> _parts = [];
    private long _bytes;
    private int _kept;
    private int _count;
    private bool _isCut;

    public bool IsEmpty => _count == 0;

    /// <summary>What is added from here on is one message.</summary>
    public void Begin(string role)
    {
        _parts = [];
        if (_count < MaxParts && _kept < ContentSide.MaxBytes) _messages.Add(new(Clean(role, MaxNameLength), _parts));
    }

    public void Add(string kind, string text, string? name = null)
    {
        _count++;
        var size = Encoding.UTF8.GetByteCount(text);
        _bytes += size;
        var room = ContentSide.MaxBytes - _kept;
        if (_count > MaxParts || (room <= 0 && size > 0))
        {
            _isCut = true;
            return;
        }
        var kept = Start(text, room);
        _isCut |= kept.Length < text.Length;
        _kept += Math.Min(size, room);
        _parts.Add(new(kind, Clean(kept, int.MaxValue), name is null ? null : Clean(name, MaxNameLength)));
    }

    /// <summary>Text, or any other JSON as it came; no more of it is made into text than is kept.</summary>
    public void Add(string kind, JsonElement value, string? name = null)
    {
        if (value.ValueKind == JsonValueKind.String)
        {
            Add(kind, TextOf(value) ?? Unreadable, name);
            return;
        }
        if (value.ValueKind == JsonValueKind.Array && value.GetArrayLength() == 0) return;
        var raw = JsonMarshal.GetRawUtf8Value(value);
        var beyond = Math.Max(0, raw.Length - ContentSide.MaxBytes);
        Add(kind, Encoding.UTF8.GetString(raw[..(raw.Length - beyond)]), name);
        _bytes += beyond;
        _isCut |= beyond > 0;
    }

    public KeptSide? ToSide()
    {
        _messages.RemoveAll(static message => message.Parts.Count == 0);
        return _messages.Count == 0 ? null : new(JsonSerializer.Serialize(_messages, Json), _bytes, _isCut);
    }

    public static IReadOnlyList<ContentMessage> Parse(string messages) => JsonSerializer.Deserialize<List<ContentMessage>>(messages, Json)!;

    /// <summary>Null when it is none: half of a surrogate pair is no character.</summary>
    public static string? TextOf(JsonElement value)
    {
        try
        {
            return value.ValueKind == JsonValueKind.String ? value.GetString() : null;
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>The beginning that fits into so many bytes, of whole characters.</summary>
    private static string Start(string text, int bytes)
    {
        if (text.Length <= bytes / 3 || Encoding.UTF8.GetByteCount(text) <= bytes) return text;
        Encoding.UTF8.GetEncoder().Convert(text, new byte[bytes], flush: false, out var used, out _, out _);
        return text[..(used > 0 && char.IsHighSurrogate(text[used - 1]) ? used - 1 : used)];
    }

    /// <summary>What the store takes as text.</summary>
    private static string Clean(string text, int maxLength) =>
        (text.Length <= maxLength ? text : Start(text, maxLength)).Replace("\0", "", StringComparison.Ordinal);
}
