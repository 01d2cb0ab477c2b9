using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace AgentConsole.Pricing;

/// <summary>Which model names a price row is for. Names are compared without regard to case.</summary>
public abstract record PriceMatch
{
    public const int MaxPatternLength = 500;

    private const int ExactFit = 1_000_000;
    private const int DatedFit = 100_000;
    private const int PrefixFit = 1_000;
    private const string SampleDate = "-20260101";

    /// <summary>How closely it fits, to choose between rows: 0 not at all; exact over dated over prefix over the rest, then the longer text.</summary>
    public abstract int Closeness(string model);

    public bool Matches(string model) => Closeness(model) > 0;

    /// <summary>The clause as JSON, in the grammar of the genai-prices catalogue plus <c>dated</c>.</summary>
    public abstract JsonObject ToJson();

    /// <summary>Names it may be for, made of its own words; not all of them match, and a pattern has none.</summary>
    public abstract IEnumerable<string> Samples();

    public sealed record Exact(string Name) : PriceMatch
    {
        public override int Closeness(string model) => model.Equals(Name, StringComparison.OrdinalIgnoreCase) ? ExactFit : 0;

        public override IEnumerable<string> Samples() => [Name];

        public override JsonObject ToJson() => new() { ["equals"] = Name };
    }

    /// <summary>The name itself, or the name with a date or <c>latest</c> behind it, and nothing else: <c>gpt-5</c> is not <c>gpt-5-mini</c>.</summary>
    public sealed record Dated(string Name) : PriceMatch
    {
        public override int Closeness(string model)
        {
            if (!model.StartsWith(Name, StringComparison.OrdinalIgnoreCase))
                return 0;
            var rest = model.AsSpan(Name.Length);
            return rest.IsEmpty ? ExactFit : IsDate(rest) ? DatedFit + Name.Length : 0;
        }

        public override IEnumerable<string> Samples() => [Name, Name + SampleDate];

        public override JsonObject ToJson() => new() { ["dated"] = Name };

        internal static bool IsDate(ReadOnlySpan<char> rest)
        {
            if (rest[0] is not ('-' or '@'))
                return false;
            rest = rest[1..];
            return rest is "latest" or "default"
                || Fits(rest, "00000000")
                || Fits(rest, "0000-00-00");
        }

        private static bool Fits(ReadOnlySpan<char> text, string shape)
        {
            if (text.Length != shape.Length)
                return false;
            for (var i = 0; i < shape.Length; i++)
                if (shape[i] == '0' ? !char.IsAsciiDigit(text[i]) : text[i] != shape[i])
                    return false;
            return true;
        }
    }

    /// <summary>
    /// A model as Bedrock names it: behind a path and the region of an inference profile, before a date and a version, as in
    /// <c>us.anthropic.claude-sonnet-4-5-20250929-v1:0</c>. A name that begins with <c>global.</c> means that endpoint alone.
    /// </summary>
    public sealed record Bedrock(string Name) : PriceMatch
    {
        private static readonly string[] Regions = ["us.", "eu.", "jp.", "au.", "apac.", "ca.", "us-gov."];
        private static readonly string[] Makers = ["", "anthropic."];

        public override int Closeness(string model)
        {
            var name = model.AsSpan(model.LastIndexOf('/') + 1);
            foreach (var region in Regions)
                if (name.StartsWith(region, StringComparison.OrdinalIgnoreCase))
                {
                    name = name[region.Length..];
                    break;
                }
            foreach (var maker in Makers)
                if (Name.StartsWith(maker, StringComparison.Ordinal) && name.StartsWith(Name.AsSpan(maker.Length), StringComparison.OrdinalIgnoreCase)
                    && IsRelease(name[(Name.Length - maker.Length)..]))
                    return DatedFit + Name.Length;
            return 0;
        }

        public override IEnumerable<string> Samples() => [Name, Name + "-v1:0"];

        public override JsonObject ToJson() => new() { ["bedrock"] = Name };

        /// <summary>Nothing, a date, a version such as <c>-v1:0</c>, <c>-1:0</c> or <c>-v1:0:200k</c>, or a date and a version.</summary>
        private static bool IsRelease(ReadOnlySpan<char> rest)
        {
            if (rest.Length >= 9 && Dated.IsDate(rest[..9]))
                rest = rest[9..];
            if (rest.IsEmpty || Dated.IsDate(rest))
                return true;
            if (rest[0] != '-')
                return false;
            rest = rest.StartsWith("-v") ? rest[2..] : rest[1..];
            return !rest.IsEmpty && char.IsAsciiDigit(rest[0]) && !rest.ContainsAnyExcept("0123456789:kKmM");
        }
    }

    public sealed record Prefix(string Start) : PriceMatch
    {
        public override int Closeness(string model) => model.StartsWith(Start, StringComparison.OrdinalIgnoreCase) ? PrefixFit + Start.Length : 0;

        public override IEnumerable<string> Samples() => [Start, Start + SampleDate];

        public override JsonObject ToJson() => new() { ["starts_with"] = Start };
    }

    public sealed record Suffix(string End) : PriceMatch
    {
        public override int Closeness(string model) => model.EndsWith(End, StringComparison.OrdinalIgnoreCase) ? End.Length : 0;

        public override IEnumerable<string> Samples() => [End];

        public override JsonObject ToJson() => new() { ["ends_with"] = End };
    }

    public sealed record Contains(string Part) : PriceMatch
    {
        public override int Closeness(string model) => model.Contains(Part, StringComparison.OrdinalIgnoreCase) ? Part.Length : 0;

        public override IEnumerable<string> Samples() => [Part];

        public override JsonObject ToJson() => new() { ["contains"] = Part };
    }

    /// <summary>A regular expression without backtracking, so that no name can make it slow.</summary>
    public sealed record Pattern(string Expression) : PriceMatch
    {
        private readonly Regex _regex = new(Expression, RegexOptions.NonBacktracking | RegexOptions.IgnoreCase | RegexOptions.CultureInvariant);

        public bool Equals(Pattern? other) => other?.Expression == Expression;

        public override int GetHashCode() => Expression.GetHashCode(StringComparison.Ordinal);

        public override int Closeness(string model) => _regex.IsMatch(model) ? 1 : 0;

        public override IEnumerable<string> Samples() => [];

        public override JsonObject ToJson() => new() { ["regex"] = Expression };
    }

    public sealed record AnyOf(IReadOnlyList<PriceMatch> Clauses) : PriceMatch
    {
        public override int Closeness(string model) => Clauses.Max(clause => clause.Closeness(model));

        public bool Equals(AnyOf? other) => other is not null && Clauses.SequenceEqual(other.Clauses);

        public override int GetHashCode() => Clauses.Count;

        public override IEnumerable<string> Samples() => Clauses.SelectMany(static clause => clause.Samples());

        public override JsonObject ToJson() => new() { ["or"] = new JsonArray([.. Clauses.Select(static clause => clause.ToJson())]) };
    }

    public sealed record AllOf(IReadOnlyList<PriceMatch> Clauses) : PriceMatch
    {
        public override int Closeness(string model) => Clauses.Min(clause => clause.Closeness(model));

        public bool Equals(AllOf? other) => other is not null && Clauses.SequenceEqual(other.Clauses);

        public override int GetHashCode() => Clauses.Count;

        public override IEnumerable<string> Samples() => Clauses.SelectMany(static clause => clause.Samples()).Prepend(string.Concat(Clauses.Select(static clause => clause.Samples().FirstOrDefault())));

        public override JsonObject ToJson() => new() { ["and"] = new JsonArray([.. Clauses.Select(static clause => clause.ToJson())]) };
    }
}
