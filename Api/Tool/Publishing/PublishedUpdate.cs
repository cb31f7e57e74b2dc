using System.Text.Json.Serialization;

namespace LiveStreams.Api.Tool.Publishing;

/// <summary>What the tool reads of the response to a publish.</summary>
internal sealed record PublishedUpdate(string Id);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(PublishedUpdate))]
internal sealed partial class PublishedUpdateJson : JsonSerializerContext;
