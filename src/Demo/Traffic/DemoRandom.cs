using System.Text;

namespace AgentConsole.Demo.Traffic;

/// <summary>Repeatable random numbers (splitmix64): one seed gives one sequence on every machine and runtime.</summary>
internal sealed class DemoRandom(ulong seed)
{
    private ulong _state = seed;

    /// <summary>A sequence of its own for each seed and name.</summary>
    public static DemoRandom For(int seed, string name)
    {
        var hash = 14695981039346656037UL ^ (uint)seed;
        foreach (var octet in Encoding.UTF8.GetBytes(name))
            hash = (hash ^ octet) * 1099511628211UL;
        return new DemoRandom(hash);
    }

    public ulong Next()
    {
        var z = _state += 0x9E3779B97F4A7C15UL;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9UL;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EBUL;
        return z ^ (z >> 31);
    }

    /// <summary>In [0, 1).</summary>
    public double Unit() => (Next() >> 11) * (1.0 / (1UL << 53));

    public bool Chance(double probability) => Unit() < probability;

    /// <summary>From <paramref name="low"/> to <paramref name="high"/>, both possible.</summary>
    public int Between(int low, int high) => low + (int)(Unit() * (high - low + 1));

    public T Pick<T>(IReadOnlyList<T> items) => items[(int)(Unit() * items.Count)];

    /// <summary>Half of the draws lie below <paramref name="median"/>; a greater sigma has a longer tail. At least 1, at most 20 medians.</summary>
    public int Spread(double median, double sigma = 0.4) =>
        (int)Math.Clamp(median * Math.Exp(sigma * Normal()), 1, Math.Max(1, median * 20));

    /// <summary>How many independent things happen when <paramref name="mean"/> are expected.</summary>
    public int Poisson(double mean)
    {
        if (mean > 50)
            return Math.Max(0, (int)Math.Round(mean + Math.Sqrt(mean) * Normal()));
        var limit = Math.Exp(-mean);
        var count = 0;
        for (var product = Unit(); product > limit; product *= Unit())
            count++;
        return count;
    }

    private double Normal() => Math.Sqrt(-2 * Math.Log(1 - Unit())) * Math.Cos(2 * Math.PI * Unit());
}
