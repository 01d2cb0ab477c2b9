using System.Text.Json.Nodes;
using Microsoft.OpenApi;

namespace AgentConsole.Platform.Http;

/// <summary>Says in the OpenAPI document what an endpoint reads by itself: query parameters and raw bodies.</summary>
public static class OpenApiDocs
{
    /// <param name="parameters">Name and description; "repeatable" ones are arrays.</param>
    public static TBuilder WithQuery<TBuilder>(this TBuilder builder, params QueryParameter[] parameters) where TBuilder : IEndpointConventionBuilder =>
        builder.AddOpenApiOperationTransformer((operation, _, _) =>
        {
            operation.Parameters ??= [];
            foreach (var parameter in parameters) operation.Parameters.Add(parameter.ToOpenApi());
            return Task.CompletedTask;
        });

    /// <summary>A body read as it comes, of any of these media types; one <paramref name="example"/> item, for those that are JSON.</summary>
    public static TBuilder WithBody<TBuilder>(this TBuilder builder, string description, string example, params string[] mediaTypes) where TBuilder : IEndpointConventionBuilder =>
        builder.AddOpenApiOperationTransformer((operation, _, _) =>
        {
            operation.RequestBody = new OpenApiRequestBody
            {
                Required = true,
                Description = description,
                Content = mediaTypes.ToDictionary(static type => type, type => type.Contains("json", StringComparison.Ordinal) ? new OpenApiMediaType { Example = JsonNode.Parse(example) } : new OpenApiMediaType()),
            };
            return Task.CompletedTask;
        });
}

public sealed record QueryParameter(string Name, string Description, bool Repeatable = false, string? Format = null, IReadOnlyList<string>? Values = null)
{
    internal OpenApiParameter ToOpenApi()
    {
        var value = new OpenApiSchema { Type = JsonSchemaType.String, Format = Format, Enum = Values?.Select(static text => (JsonNode)text).ToList() };
        return new()
        {
            Name = Name,
            In = ParameterLocation.Query,
            Description = Description,
            Schema = Repeatable ? new OpenApiSchema { Type = JsonSchemaType.Array, Items = value } : value,
        };
    }
}
