namespace AgentConsole.Demo.Traffic;

/// <summary>Picks one of many by rank: the first is picked about twice as often as the second, as people and keys are in life.</summary>
internal sealed class Zipf
{
    private readonly double[] _upTo;

    /// <param name="exponent">1 is the classic shape; less is flatter.</param>
    public Zipf(int count, double exponent)
    {
        _upTo = new double[count];
        var sum = 0.0;
        for (var rank = 0; rank < count; rank++)
            _upTo[rank] = sum += 1 / Math.Pow(rank + 1, exponent);
    }

    /// <summary>A rank from 0.</summary>
    public int Pick(DemoRandom random)
    {
        var found = Array.BinarySearch(_upTo, random.Unit() * _upTo[^1]);
        return Math.Min(found < 0 ? ~found : found, _upTo.Length - 1);
    }
}
