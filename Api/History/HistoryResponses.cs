namespace LiveStreams.Api.History;

/// <summary>The blocks of history that are being sent as JSON.</summary>
internal sealed class HistoryResponses
{
    private readonly Lock _gate = new();
    private readonly Dictionary<HistoryResponseKey, HistoryResponse> _responses = [];

    /// <summary>Holds the response with this key: the one that is being sent to others, or a new one.</summary>
    public HistoryResponseLease GetOrCreate(HistoryResponseKey key, Func<ReadOnlyMemory<byte>> encode) =>
        TryHold(key) ?? HoldNew(new HistoryResponse(key, encode()));

    internal void Release(HistoryResponseLease lease)
    {
        lock (_gate)
        {
            var response = lease.Response;
            if (response.Holders.Remove(lease) && response.Holders.Count == 0)
            {
                _responses.Remove(response.Key);
            }
        }
    }

    private HistoryResponseLease? TryHold(HistoryResponseKey key)
    {
        lock (_gate)
        {
            return _responses.TryGetValue(key, out var response) ? Hold(response) : null;
        }
    }

    // Another request may have encoded the same block meanwhile.
    private HistoryResponseLease HoldNew(HistoryResponse response)
    {
        lock (_gate)
        {
            return Hold(_responses.TryAdd(response.Key, response) ? response : _responses[response.Key]);
        }
    }

    private HistoryResponseLease Hold(HistoryResponse response)
    {
        var lease = new HistoryResponseLease(this, response);
        response.Holders.Add(lease);
        return lease;
    }
}
