namespace AgentConsole.Pricing;

public static class PriceOrigins
{
    public static string Name(this PriceOrigin origin) => origin switch
    {
        PriceOrigin.Seed => "seed",
        PriceOrigin.Imported => "imported",
        PriceOrigin.Entered => "entered",
        _ => throw new ArgumentOutOfRangeException(nameof(origin)),
    };

    public static PriceOrigin Parse(string name) => name switch
    {
        "seed" => PriceOrigin.Seed,
        "imported" => PriceOrigin.Imported,
        "entered" => PriceOrigin.Entered,
        _ => throw new ArgumentOutOfRangeException(nameof(name)),
    };
}
