namespace LiveStreams.Api.History;

/// <summary>The blocks of history that are being sent as JSON.</summary>
internal sealed class HistoryResponses
{
    private readonly Lock _gate = new();
    private readonly Dictionary<HistoryResponseKey, HistoryResponse> _responses = [];

    /// <summary>
    /// The response with this key: the one that is being sent to others, or a new one. The caller must
    /// <see cref="Release"/> it.
    /// </summary>
    public HistoryResponse GetOrCreate(HistoryResponseKey key, Func<ReadOnlyMemory<byte>> encode) =>
        TryHold(key) ?? Hold(new HistoryResponse(key, encode()));

    public void Release(HistoryResponse response)
    {
        lock (_gate)
        {
            if (--response.Readers == 0)
            {
                _responses.Remove(response.Key);
            }
        }
    }

    private HistoryResponse? TryHold(HistoryResponseKey key)
    {
        lock (_gate)
        {
            if (_responses.TryGetValue(key, out var response))
            {
                response.Readers++;
            }

            return response;
        }
    }

    // Another request may have encoded the same block meanwhile.
    private HistoryResponse Hold(HistoryResponse response)
    {
        lock (_gate)
        {
            if (!_responses.TryAdd(response.Key, response))
            {
                response = _responses[response.Key];
            }

            response.Readers++;
            return response;
        }
    }
}
