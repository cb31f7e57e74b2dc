using System.Diagnostics.CodeAnalysis;
using LiveStreams.Api.Http;

namespace LiveStreams.Api.Limits;

/// <summary>Counts the event streams of the process, and of each address that has any.</summary>
internal sealed class StreamLimiter(LimitOptions limits)
{
    private readonly AddressCounter _streams = new(limits.MaxSubscribersPerAddress);
    private int _count;

    /// <summary>Addresses that have any.</summary>
    public int Addresses => _streams.Addresses;

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
        else if (!_streams.TryAdd(address))
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
        _streams.Remove(address);
    }

    // Disposed once, when the stream has ended.
    private sealed class Lease(StreamLimiter limiter, ClientAddress address) : IDisposable
    {
        public void Dispose() => limiter.Release(address);
    }
}
