using System.Collections.Frozen;
using AgentConsole.Usage.Ingest.Dialects;

namespace AgentConsole.Usage.Ingest.Otlp;

/// <summary>
/// Which attributes tell what, over the conventions that are in use; the first that is present counts. Whatever is not named here is not read,
/// so prompts, completions, instructions and tool arguments never enter. They have a list of their own, <see cref="SpanTexts"/>, which is asked only for tenants that have them stored.
/// </summary>
internal static class OtlpNames
{
    public static readonly string[]
        Operation = ["gen_ai.operation.name"],
        Kind = ["openinference.span.kind", "traceloop.span.kind", "langfuse.observation.type", "langsmith.span.kind", "llm.request.type", "span.type"],
        SdkOperation = ["ai.operationId"],
        HopName = ["hop.name"],
        Provider = ["gen_ai.provider.name", "gen_ai.system", "llm.provider", "llm.system", "ai.model.provider"],
        Model = ["gen_ai.response.model", "gen_ai.request.model", "llm.response.model", "llm.model_name", "llm.request.model", "ai.response.model", "ai.model.id",
            "langfuse.observation.model.name", "embedding.model_name"],
        RequestedModel = ["gen_ai.request.model", "llm.request.model", "ai.model.id"],
        Tenant = ["tenant.id", "trace.metadata.tenant.id", "trace.metadata.tenant_id", "trace.metadata.tenant"],
        User = ["user.id", "enduser.id", "langfuse.user.id", "gen_ai.request.user", "ai.telemetry.metadata.userId", "traceloop.association.properties.user_id", "openrouter.user_id"],
        Session = ["gen_ai.conversation.id", "session.id", "langfuse.session.id", "ai.telemetry.metadata.sessionId", "traceloop.association.properties.session_id"],
        Agent = ["gen_ai.agent.name", "agent.name", "gen_ai.agent.id"],
        Tool = ["gen_ai.tool.name", "tool.name"],
        Workflow = ["gen_ai.workflow.name", "traceloop.workflow.name"],
        Stage = ["traceloop.entity.name"],
        Key = ["key.id", "openrouter.api_key_name", "metadata.user_api_key_alias"],
        Team = ["team.id", "metadata.user_api_key_team_alias", "metadata.user_api_key_team_id"],
        Sandbox = ["sandbox.id"],
        Prompt = ["gen_ai.prompt.name", "langfuse.observation.prompt.name"],
        PromptVersion = ["gen_ai.prompt.version", "langfuse.observation.prompt.version"],
        ServiceTier = ["openai.response.service_tier", "gen_ai.openai.response.service_tier", "gen_ai.response.service_tier"],
        Stream = ["gen_ai.request.stream", "gen_ai.is_streaming", "llm.is_streaming"],
        Cost = ["gen_ai.usage.cost", "gen_ai.usage.total_cost", "llm.cost.total", "operation.cost"],
        CostDetails = ["langfuse.observation.cost_details"],
        UsageDetails = ["langfuse.observation.usage_details"],
        FirstChunkSeconds = ["gen_ai.response.time_to_first_chunk", "gen_ai.server.time_to_first_token"],
        FirstChunkMilliseconds = ["ai.response.msToFirstChunk"],
        FirstChunkAt = ["langfuse.observation.completion_start_time"],
        ErrorType = ["error.type"],
        HttpStatus = ["http.response.status_code", "http.status_code"],
        Level = ["langfuse.observation.level", "span.level"],
        FinishReason = ["gen_ai.response.finish_reason", "openrouter.finish_reason"],
        UpstreamProvider = ["openrouter.provider_slug", "openrouter.provider_name"],
        Tags = ["deployment.environment.name", "deployment.environment", "service.name", "langfuse.environment", "langfuse.release"];

    /// <summary>Events that mark the first token of an answer.</summary>
    public static readonly FrozenSet<string> FirstTokenEvents =
        FrozenSet.Create(StringComparer.OrdinalIgnoreCase, "First Token Stream Event", "first_token", "gen_ai.first_token", "ai.stream.firstChunk", "llm.content.completion.chunk", "gen_ai.content.completion.chunk");

    public const string TagPrefix = "tag.";

    /// <summary>Attributes that hold counts begin so; all of them are kept as the raw usage.</summary>
    private static readonly string[] UsagePrefixes = ["gen_ai.usage.", "llm.usage.", "llm.token_count.", "ai.usage."];

    /// <summary>Their presence says that the span tells usage.</summary>
    public static readonly string[] Usage = [.. DialectTable.Otel.NamesOf(Count.Input, Count.Output), .. UsageDetails];

    private static readonly FrozenSet<string> Names = FrozenSet.ToFrozenSet(
    [
        .. Operation, .. Kind, .. SdkOperation, .. HopName, .. Provider, .. Model, .. RequestedModel, .. Tenant, .. User, .. Session, .. Agent, .. Tool, .. Workflow, .. Stage,
        .. Key, .. Team, .. Sandbox, .. Prompt, .. PromptVersion, .. ServiceTier, .. Stream, .. Cost, .. CostDetails, .. UsageDetails, .. FirstChunkSeconds, .. FirstChunkMilliseconds,
        .. FirstChunkAt, .. ErrorType, .. HttpStatus, .. Level, .. FinishReason, .. UpstreamProvider, .. Tags,
    ]);

    public static bool IsRead(string name) => Names.Contains(name) || IsUsage(name) || name.StartsWith(TagPrefix, StringComparison.Ordinal);

    public static bool IsUsage(string name)
    {
        foreach (var prefix in UsagePrefixes)
            if (name.StartsWith(prefix, StringComparison.Ordinal))
                return true;
        return false;
    }
}
