using LiveStreams.Api.Http;
using LiveStreams.Core;
using LiveStreams.Core.Unsent;

namespace LiveStreams.Api.History;

/// <summary>Which block of history a response has, and how. Equal keys have the same bytes.</summary>
internal readonly record struct HistoryResponseKey(
    PageId Page,
    HistoryFormat Format,
    UpdateId? First,
    UpdateId? Last,
    UpdateId? Prev,
    UpdateId? Next,
    UpdateId? Head)
{
    public static HistoryResponseKey Of(HistoryPart part, HistoryFormat format) =>
        new(part.Page, format, part.First, part.Last, part.Prev, part.Next, part.Head);
}

/// <summary>A block of history as JSON, which all readers that ask for it at the same time share.</summary>
internal sealed class HistoryResponse(HistoryResponseKey key, ReadOnlyMemory<byte> bytes)
{
    public HistoryResponseKey Key => key;

    public ReadOnlyMemory<byte> Bytes => bytes;

    /// <summary>The value of the entity tag, which is strong: it is of the bytes.</summary>
    public string Tag { get; } = EntityTag.Of(bytes.Span);

    public SharedCharge Charge { get; } = new(bytes.Length);

    /// <summary>The readers that hold it. Guarded by <see cref="HistoryResponses"/>.</summary>
    public HashSet<HistoryResponseLease> Holders { get; } = [];
}
