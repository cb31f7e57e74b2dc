using System.Net.Http.Headers;
using System.Text.Json.Serialization;
using LiveStreams.Api.Status;

namespace LiveStreams.Api.Tool.Top;

/// <summary>Reads <c>GET /status</c>.</summary>
internal sealed class StatusClient(ServerClient server)
{
    /// <exception cref="ServerException">The server does not show its status, or cannot be reached.</exception>
    public async Task<ServerStatus> ReadAsync(CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "status");
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        try
        {
            using var response = await server.SendAsync(request, cancellationToken);
            return await ServerJson.ReadAsync(response, TopJson.Default.ServerStatus, cancellationToken);
        }
        catch (ServerException exception) when (exception.Status == StatusCodes.Status404NotFound)
        {
            throw new ToolException(
                $"{server.Name} does not show its status here. Run top on the server's machine with the address "
                + "at which it listens there, or use --server with an address of Metrics:Urls.",
                exception);
        }
    }
}

// Stricter than the context with which the server writes it, so that other JSON is not taken for a status.
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(ServerStatus))]
internal sealed partial class TopJson : JsonSerializerContext;
