using AgentConsole.Pricing;

namespace AgentConsole.Tests.Pricing;

public sealed class ProvidersTests
{
    [Theory]
    [InlineData("openai", "openai")]
    [InlineData("OpenAI", "openai")]
    [InlineData("azure.ai.openai", "azure")]
    [InlineData("azure_ai", "azure")]
    [InlineData("aws.bedrock", "aws")]
    [InlineData("bedrock_converse", "aws")]
    [InlineData("gcp.vertex_ai", "google")]
    [InlineData("gcp.gemini", "google")]
    [InlineData("gemini", "google")]
    [InlineData("vertex_ai", "google")]
    [InlineData("vertex_ai-anthropic_models", "google")]
    [InlineData("x_ai", "x-ai")]
    [InlineData("xai", "x-ai")]
    [InlineData("mistral_ai", "mistral")]
    [InlineData("moonshot_ai", "moonshotai")]
    [InlineData(" Groq ", "groq")]
    [InlineData("My-Own-Server", "my-own-server")]
    [InlineData("", "")]
    public void Canonical_OfAnyName_IsTheCataloguesId(string name, string id) => Assert.Equal(id, Providers.Canonical(name));
}
