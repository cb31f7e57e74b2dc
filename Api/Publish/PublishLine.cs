using System.Text.Json.Serialization;

namespace LiveStreams.Api.Publish;

/// <summary>The JSON answer to a publish; <c>id</c> and <c>sequence</c> are null for a live-only update.</summary>
internal sealed record PublishLine(string Page, string? Id, long? Sequence, int Subscribers);

/// <summary>The JSON answer to a batch line that was not published.</summary>
internal sealed record ErrorLine(BatchError Error);

/// <summary>Why: the <c>type</c> and <c>detail</c> of the problem that a publish on its own would have got, and its status.</summary>
internal sealed record BatchError(string Type, int Status, string Detail);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(PublishLine))]
[JsonSerializable(typeof(ErrorLine))]
internal sealed partial class PublishJson : JsonSerializerContext;
