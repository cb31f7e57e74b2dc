using LiveStreams.Core;
using LiveStreams.Core.Unsent;

namespace LiveStreams.Api.History;

/// <summary>Which block of history a response has. Equal blocks have the same bytes.</summary>
internal readonly record struct HistoryResponseKey(PageId Page, UpdateId After, UpdateId Last, UpdateId Head);

/// <summary>A block of history as JSON, which all readers that ask for it at the same time share.</summary>
internal sealed class HistoryResponse(HistoryResponseKey key, ReadOnlyMemory<byte> bytes)
{
    public HistoryResponseKey Key => key;

    public ReadOnlyMemory<byte> Bytes => bytes;

    public SharedCharge Charge { get; } = new(bytes.Length);

    /// <summary>The readers that hold it. Guarded by <see cref="HistoryResponses"/>.</summary>
    public HashSet<HistoryResponseLease> Holders { get; } = [];
}
