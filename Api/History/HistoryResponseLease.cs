namespace LiveStreams.Api.History;

/// <summary>One reader's hold on a response. While it lasts, others that ask for the same block share it.</summary>
internal sealed class HistoryResponseLease(HistoryResponses responses, HistoryResponse response) : IDisposable
{
    public HistoryResponse Response => response;

    public void Dispose() => responses.Release(this);
}
