namespace AgentConsole.Pricing;

public static class Providers
{
    public static string Canonical(string provider) => provider;
}
