using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace LiveStreams.Api.Tool;

/// <summary>Reads the JSON of a server.</summary>
internal static class ServerJson
{
    /// <exception cref="ToolException">It is not the JSON that a LiveStreams server sends.</exception>
    public static T Read<T>(string text, JsonTypeInfo<T> type)
        where T : class
    {
        try
        {
            return JsonSerializer.Deserialize(text, type) ?? throw new JsonException("null");
        }
        catch (JsonException exception)
        {
            throw new ToolException("The response is not one of a LiveStreams server of this version.", exception);
        }
    }

    /// <summary>Reads the body of a response.</summary>
    /// <exception cref="ToolException">It is not the JSON that a LiveStreams server sends.</exception>
    public static async Task<T> ReadAsync<T>(
        HttpResponseMessage response, JsonTypeInfo<T> type, CancellationToken cancellationToken)
        where T : class => Read(await response.Content.ReadAsStringAsync(cancellationToken), type);
}
