using System.Globalization;
using System.Text;
using System.Text.Json;

namespace AgentConsole.Usage.Ingest.Dialects;

/// <summary>Whether the input count includes the cached tokens. Where senders disagree they are taken to be inside, unless the sender's own total fits only the other reading.</summary>
internal enum Cache { InInput, BesideInput, InInputUnlessTotalSaysBeside }

/// <summary>Whether the output count includes the reasoning tokens.</summary>
internal enum Thinking { InOutput, BesideOutput }

/// <summary>Whether the input and output counts include the audio, images and video.</summary>
internal enum Details { InWhole, BesideWhole }

/// <summary>What the names of a dialect's fields are: paths into objects, or attributes whose names contain the dots.</summary>
internal enum Names { Paths, Attributes }

/// <summary>What a provider's field counts. The first are counts as given; the cached modalities are parts of both the cache and the modality.</summary>
internal enum Count
{
    Input, ToolInput, CacheRead, CacheWrite, CacheWrite5m, CacheWrite1h, Output, Reasoning, Total,
    AudioInput, ImageInput, VideoInput, AudioOutput, ImageOutput, AudioCacheRead, ImageCacheRead, VideoCacheRead,
}

/// <summary>Counts as the provider gave them, not yet disjoint.</summary>
internal readonly ref struct Counts
{
    public const int Size = (int)Count.VideoCacheRead + 1;
    private const long Missing = -1;

    private readonly Span<long> _values;

    public Counts(Span<long> values)
    {
        _values = values;
        _values.Fill(Missing);
    }

    /// <summary>0 when the provider did not say.</summary>
    public long this[Count count] => Math.Max(0, _values[(int)count]);

    public bool Has(Count count) => _values[(int)count] != Missing;

    public void Set(Count count, long value) => _values[(int)count] = value;

    public void Add(Count count, long value) => _values[(int)count] = this[count] + value;
}

/// <summary>Reads counts that come as lists rather than fields; answers why not, or null.</summary>
internal delegate string? ReadLists(JsonElement usage, ref Counts counts, ref Conflicts conflicts);

/// <summary>How one API tells its usage.</summary>
internal sealed class Dialect
{
    private readonly Field[] _fields;
    private readonly ReadLists? _lists;

    public Dialect(string name, Cache cache, Thinking thinking, (Count Count, string Path)[] fields, ReadLists? lists = null, Details details = Details.InWhole, Names names = Names.Paths)
    {
        (Name, Cache, Thinking, Details, _lists) = (name, cache, thinking, details, lists);
        _fields = Array.ConvertAll(fields, field => new Field(field.Count, field.Path, names));
    }

    public string Name { get; }
    public Cache Cache { get; }
    public Thinking Thinking { get; }
    public Details Details { get; }

    /// <summary>The fields that tell these counts.</summary>
    public IEnumerable<string> NamesOf(params Count[] counts) => _fields.Where(field => counts.Contains(field.Count)).Select(static field => field.Path);

    /// <summary>True when the object has this dialect's input or output.</summary>
    public bool Speaks(JsonElement usage)
    {
        foreach (var field in _fields)
            if (field.Count is Count.Input or Count.Output && field.TryFind(usage, out _))
                return true;
        return false;
    }

    /// <summary>Answers why the object cannot be read; null when it can.</summary>
    public string? TryRead(JsonElement usage, ref Counts counts, ref Conflicts conflicts)
    {
        byte[]? groupName = null;
        JsonElement group = default;
        foreach (var field in _fields)
        {
            if (counts.Has(field.Count))
                continue;
            if (!ReferenceEquals(field.Group, groupName))
            {
                groupName = field.Group;
                group = default;
                if (groupName is not null)
                    usage.TryGetProperty(groupName, out group);
            }
            if (!field.TryFindIn(groupName is null ? usage : group, out var value))
                continue;
            if (Number.TryRead(value, out var count) is { } error)
                return $"{field.Path} {error}";
            if (count is { } given)
                counts.Set(field.Count, given);
        }
        return _lists?.Invoke(usage, ref counts, ref conflicts);
    }

    /// <summary>A path of one to three names, or one name.</summary>
    private sealed class Field
    {
        private static readonly Dictionary<string, byte[]> Groups = [];

        private readonly byte[] _name;
        private readonly byte[]? _inner;

        public Field(Count count, string path, Names names)
        {
            (Count, Path) = (count, path);
            var parts = names == Names.Attributes ? [path] : path.Split('.');
            if (parts.Length > 1)
                Group = Shared(parts[0]);
            _name = Encoding.UTF8.GetBytes(parts[Math.Min(1, parts.Length - 1)]);
            _inner = parts.Length > 2 ? Encoding.UTF8.GetBytes(parts[2]) : null;
        }

        public Count Count { get; }
        public string Path { get; }
        public byte[]? Group { get; }

        public bool TryFind(JsonElement usage, out JsonElement value)
        {
            value = default;
            return (Group is null || usage.TryGetProperty(Group, out usage)) && TryFindIn(usage, out value);
        }

        /// <param name="element">The group's object, or the usage object for a field without a group.</param>
        public bool TryFindIn(JsonElement element, out JsonElement value)
        {
            value = default;
            return element.ValueKind == JsonValueKind.Object && element.TryGetProperty(_name, out value)
                && (_inner is null || (value.ValueKind == JsonValueKind.Object && value.TryGetProperty(_inner, out value)));
        }

        /// <summary>One array per name, so that fields of one group know each other by reference.</summary>
        private static byte[] Shared(string name)
        {
            lock (Groups)
            {
                if (!Groups.TryGetValue(name, out var bytes))
                    Groups[name] = bytes = Encoding.UTF8.GetBytes(name);
                return bytes;
            }
        }
    }
}

internal static class Number
{
    /// <summary>Null count when the value is null; an error, to follow the field's name, when it is no count. Integers may be strings.</summary>
    public static string? TryRead(JsonElement value, out long? count)
    {
        count = null;
        switch (value.ValueKind)
        {
            case JsonValueKind.Null or JsonValueKind.Undefined:
                return null;
            case JsonValueKind.Number when value.TryGetInt64(out var integer):
                return Check(integer, out count);
            case JsonValueKind.Number when value.TryGetDecimal(out var number):
                return Check(number, out count);
            case JsonValueKind.String when decimal.TryParse(value.GetString(), NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number):
                return Check(number, out count);
            default:
                return "is not a count.";
        }
    }

    private static string? Check(decimal number, out long? count)
    {
        count = null;
        if (number < 0)
            return "is negative.";
        if (number > RawUsage.MaxCount)
            return $"is more than {RawUsage.MaxCount}.";
        if (number != decimal.Truncate(number))
            return "is not a whole number.";
        count = (long)number;
        return null;
    }

    private static string? Check(long number, out long? count)
    {
        count = number;
        return number < 0 ? "is negative." : number > RawUsage.MaxCount ? $"is more than {RawUsage.MaxCount}." : null;
    }
}
