namespace AgentConsole.Usage.Ingest.Dialects;

/// <summary>Turns a provider's overlapping counts into disjoint buckets.</summary>
internal static class Disjoint
{
    public static TokenCounts From(in Counts counts, Dialect dialect, ref Conflicts conflicts)
    {
        if (!counts.Has(Count.Input) && counts.Has(Count.Output) && counts[Count.Output] > 0)
            conflicts.Add(ConflictCodes.InputMissing);
        var tokens = Inputs(counts, dialect, ref conflicts);
        tokens = Outputs(counts, dialect, tokens, ref conflicts);
        if (counts.Has(Count.Total) && counts[Count.Total] != tokens.Total)
            conflicts.Add(ConflictCodes.TotalMismatch);
        return tokens;
    }

    private static TokenCounts Inputs(in Counts counts, Dialect dialect, ref Conflicts conflicts)
    {
        var (short5m, long1h) = CacheWrites(counts, ref conflicts);
        var read = counts[Count.CacheRead];
        var cachedAudio = CachedAudio(counts, ref conflicts);
        var audio = counts[Count.AudioInput] - cachedAudio;
        var image = Math.Max(0, counts[Count.ImageInput] - counts[Count.ImageCacheRead]);
        var video = Math.Max(0, counts[Count.VideoInput] - counts[Count.VideoCacheRead]);
        var fresh = counts[Count.Input] + counts[Count.ToolInput];
        if (!CachesBeside(counts, dialect, fresh, read + short5m + long1h))
            fresh = Without(fresh, read + short5m + long1h, ConflictCodes.CacheExceedsInput, ref conflicts);
        if (dialect.Details == Details.InWhole)
        {
            fresh = Without(fresh, audio, ConflictCodes.DetailsExceedInput, ref conflicts);
            fresh = Without(fresh, image, ConflictCodes.DetailsExceedInput, ref conflicts);
            fresh = Without(fresh, video, ConflictCodes.DetailsExceedInput, ref conflicts);
        }
        return new TokenCounts
        {
            Input = fresh,
            CacheRead = read - cachedAudio,
            CacheWrite5m = short5m,
            CacheWrite1h = long1h,
            AudioInput = audio,
            ImageInput = image,
            VideoInput = video,
            AudioCacheRead = cachedAudio,
        };
    }

    private static TokenCounts Outputs(in Counts counts, Dialect dialect, in TokenCounts inputs, ref Conflicts conflicts)
    {
        var output = counts[Count.Output];
        if (!ThinksBeside(counts, dialect, inputs))
            output = Without(output, counts[Count.Reasoning], ConflictCodes.ReasoningExceedsOutput, ref conflicts);
        if (dialect.Details == Details.InWhole)
        {
            output = Without(output, counts[Count.AudioOutput], ConflictCodes.DetailsExceedOutput, ref conflicts);
            output = Without(output, counts[Count.ImageOutput], ConflictCodes.DetailsExceedOutput, ref conflicts);
        }
        return inputs with
        {
            Output = output,
            Reasoning = counts[Count.Reasoning],
            AudioOutput = counts[Count.AudioOutput],
            ImageOutput = counts[Count.ImageOutput],
        };
    }

    /// <summary>Where senders disagree, a total that can only be input plus cache plus output shows that the cache stands beside.</summary>
    private static bool CachesBeside(in Counts counts, Dialect dialect, long input, long cached)
    {
        if (dialect.Cache != Cache.InInputUnlessTotalSaysBeside)
            return dialect.Cache == Cache.BesideInput;
        var beside = input + cached + counts[Count.Output];
        return cached > 0 && counts.Has(Count.Total) && (counts[Count.Total] == beside || counts[Count.Total] == beside + counts[Count.Reasoning])
            && counts[Count.Total] != input + counts[Count.Output] + counts[Count.Reasoning];
    }

    /// <summary>The provider's own total decides, where it fits one reading exactly; else the table.</summary>
    private static bool ThinksBeside(in Counts counts, Dialect dialect, in TokenCounts inputs)
    {
        var beside = dialect.Thinking == Thinking.BesideOutput;
        if (!counts.Has(Count.Total) || counts[Count.Reasoning] == 0)
            return beside;
        var inside = inputs.InputTotal + counts[Count.Output];
        if (counts[Count.Total] == inside + counts[Count.Reasoning])
            return true;
        return beside && !(counts[Count.Total] == inside && counts[Count.Reasoning] <= counts[Count.Output]);
    }

    private static (long Short5m, long Long1h) CacheWrites(in Counts counts, ref Conflicts conflicts)
    {
        var total = counts[Count.CacheWrite];
        var (short5m, long1h) = (counts[Count.CacheWrite5m], counts[Count.CacheWrite1h]);
        var split = short5m + long1h;
        if (!counts.Has(Count.CacheWrite) || total == split)
            return (short5m, long1h);
        if (split > 0 || counts.Has(Count.CacheWrite5m) || counts.Has(Count.CacheWrite1h))
            conflicts.Add(ConflictCodes.CacheWriteMismatch);
        return (short5m + Math.Max(0, total - split), long1h);
    }

    /// <summary>Part of the cache and of the audio at once; where it fits neither, the smaller whole is all of it.</summary>
    private static long CachedAudio(in Counts counts, ref Conflicts conflicts)
    {
        var cached = counts[Count.AudioCacheRead];
        var most = Math.Min(counts[Count.CacheRead], counts[Count.AudioInput]);
        if (cached <= most)
            return cached;
        conflicts.Add(ConflictCodes.CachedAudioExceeds);
        return most;
    }

    /// <summary>What is left of the whole; a part that does not fit was not in it.</summary>
    private static long Without(long whole, long part, string conflict, ref Conflicts conflicts)
    {
        if (part <= whole)
            return whole - part;
        conflicts.Add(conflict);
        return whole;
    }
}
