using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using LiveStreams.Api.Http;

namespace LiveStreams.Api.Limits;

/// <summary>Counts the event streams of the process, and of each address that has any.</summary>
internal sealed class StreamLimiter(LimitOptions limits)
{
    private readonly ConcurrentDictionary<ClientAddress, int> _streams = new();
    private int _count;

    /// <summary>Addresses that have any.</summary>
    public int Addresses => _streams.Count;

    /// <summary>
    /// Counts a stream until its lease is disposed; false when a limit is reached, with a refusal that says which.
    /// </summary>
    public bool TryAcquire(
        ClientAddress address,
        [NotNullWhen(true)] out IDisposable? lease,
        [NotNullWhen(false)] out Refusal? refusal)
    {
        (lease, refusal) = (null, null);
        if (Interlocked.Increment(ref _count) > limits.MaxSubscribers)
        {
            refusal = new Refusal(Problem.Full);
        }
        else if (!TryCount(address))
        {
            refusal = new Refusal(Problem.AddressFull);
        }
        else
        {
            lease = new Lease(this, address);
            return true;
        }

        Interlocked.Decrement(ref _count);
        return false;
    }

    private void Release(ClientAddress address)
    {
        Interlocked.Decrement(ref _count);
        int before;
        do
        {
            before = _streams[address];
        }
        while (!(before == 1
            ? _streams.TryRemove(KeyValuePair.Create(address, before))
            : _streams.TryUpdate(address, before - 1, before)));
    }

    private bool TryCount(ClientAddress address)
    {
        while (true)
        {
            if (!_streams.TryGetValue(address, out var before))
            {
                if (_streams.TryAdd(address, 1))
                {
                    return true;
                }
            }
            else if (limits.MaxSubscribersPerAddress > 0 && before >= limits.MaxSubscribersPerAddress)
            {
                return false;
            }
            else if (_streams.TryUpdate(address, before + 1, before))
            {
                return true;
            }
        }
    }

    // Disposed once, when the stream has ended.
    private sealed class Lease(StreamLimiter limiter, ClientAddress address) : IDisposable
    {
        public void Dispose() => limiter.Release(address);
    }
}
