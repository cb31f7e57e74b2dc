using System.Text.Json;
using System.Text.Json.Serialization;
using LiveStreams.Api.Http;
using LiveStreams.Core;

namespace LiveStreams.Api.History;

/// <summary>What a page keeps, and how many watch it on all nodes.</summary>
internal sealed record PageSummary(string Page, string Head, string? Oldest, long Updates, bool Ended, int Subscribers)
{
    public static PageSummary Of(PageId page, PageHead head, int subscribers) => new(
        page.Value,
        head.Head.ToString(),
        head.Count == 0 ? null : new UpdateId(head.Head.Epoch, head.OldestSequence).ToString(),
        head.Count,
        head.IsEnded,
        subscribers);
}

/// <summary>One block of a page's history.</summary>
/// <param name="Page">The page's name.</param>
/// <param name="Updates">The updates, oldest first.</param>
/// <param name="Prev">See <see cref="HistoryPart.Prev"/>.</param>
/// <param name="Next">See <see cref="HistoryPart.Next"/>.</param>
/// <param name="Head">The newest id. A full block does not have this member.</param>
internal sealed record UpdateList(
    string Page,
    UpdateItem[] Updates,
    string? Prev,
    string? Next,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Head)
{
    public static UpdateList Of(HistoryPart part) => new(
        part.Page.Value,
        [.. part.Block.Updates.Select(UpdateItem.Of)],
        part.Prev?.ToString(),
        part.Next?.ToString(),
        part.Head?.ToString());
}

/// <summary>One update of a page's history. Its data is a string, as published.</summary>
internal readonly record struct UpdateItem(
    string Id,
    string? Event,
    [property: JsonConverter(typeof(Utf8TextConverter))] ReadOnlyMemory<byte> Data,
    [property: JsonConverter(typeof(UtcTimeConverter))] DateTimeOffset Time)
{
    public static UpdateItem Of(Update update) =>
        new(update.Id.ToString(), update.Event, update.Data, update.Time);
}

/// <summary>What the event <c>reset</c> of a stream says: see <see cref="PageReset"/>.</summary>
internal sealed record ResetItem(string Reason, string From, long? Missed)
{
    public static ResetItem Of(PageReset reset) => new(reset.ReasonName, reset.From.ToString(), reset.Missed);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(PageSummary))]
[JsonSerializable(typeof(UpdateList))]
[JsonSerializable(typeof(UpdateItem))]
internal sealed partial class HistoryJson : JsonSerializerContext;

/// <summary>Writes UTF-8 text as a string; without this it would be written as Base64.</summary>
internal sealed class Utf8TextConverter : JsonConverter<ReadOnlyMemory<byte>>
{
    public override ReadOnlyMemory<byte> Read(ref Utf8JsonReader reader, Type type, JsonSerializerOptions options) =>
        throw new NotSupportedException();

    public override void Write(Utf8JsonWriter writer, ReadOnlyMemory<byte> value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.Span);
}
