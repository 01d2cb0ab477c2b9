using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace AgentConsole.Platform.Http;

/// <summary>
/// An answer whose shape was compiled (a <c>JsonSerializerContext</c>), written at once into the response: for the answers that are long or come very often. The same text as that of
/// <see cref="Results.Ok(object?)"/>, which takes several times as long for a thousand rows.
/// </summary>
public static class JsonAnswer
{
    private static readonly JsonWriterOptions Writing = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    public static IResult Of<T>(T value, JsonTypeInfo<T> shape, int status = StatusCodes.Status200OK) => new Answer<T>(value, shape, status);

    private sealed class Answer<T>(T value, JsonTypeInfo<T> shape, int status) : IResult
    {
        public async Task ExecuteAsync(HttpContext httpContext)
        {
            var response = httpContext.Response;
            (response.StatusCode, response.ContentType) = (status, "application/json; charset=utf-8");
            await using (var writer = new Utf8JsonWriter(response.BodyWriter, Writing)) JsonSerializer.Serialize(writer, value, shape);
            await response.BodyWriter.FlushAsync(httpContext.RequestAborted);
        }
    }
}
