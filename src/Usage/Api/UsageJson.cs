using System.Text.Json;
using System.Text.Json.Serialization;

namespace AgentConsole.Usage.Api;

/// <summary>The shapes of the long answers, compiled.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, GenerationMode = JsonSourceGenerationMode.Serialization)]
[JsonSerializable(typeof(BreakdownJson))]
[JsonSerializable(typeof(RequestPageJson))]
internal sealed partial class UsageJson : JsonSerializerContext;
