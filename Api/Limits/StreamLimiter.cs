using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using LiveStreams.Api.Http;

namespace LiveStreams.Api.Limits;

/// <summary>Counts the event streams of the process and of each address that has any.</summary>
internal sealed class StreamLimiter(LimitOptions limits)
{
    private readonly ConcurrentDictionary<ClientAddress, int> _taken = new();
    private int _count;

    /// <summary>Event streams that are open, or about to open.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Addresses that have any.</summary>
    public int Addresses => _taken.Count;

    /// <summary>Takes a lease, which is to be disposed when the stream has ended; or says which limit is in the way.</summary>
    public bool TryTake(ClientAddress address, [NotNullWhen(true)] out StreamLease? lease, [NotNullWhen(false)] out Problem? full)
    {
        (lease, full) = (null, null);
        if (Interlocked.Increment(ref _count) > limits.MaxSubscribers)
        {
            full = Problem.Full;
        }
        else if (!TryCount(address))
        {
            full = Problem.AddressFull;
        }
        else
        {
            lease = new StreamLease(this, address);
            return true;
        }

        Interlocked.Decrement(ref _count);
        return false;
    }

    internal void Free(ClientAddress address)
    {
        Interlocked.Decrement(ref _count);
        int before;
        do
        {
            before = _taken[address];
        }
        while (!(before == 1 ? _taken.TryRemove(KeyValuePair.Create(address, before)) : _taken.TryUpdate(address, before - 1, before)));
    }

    private bool TryCount(ClientAddress address)
    {
        while (true)
        {
            if (!_taken.TryGetValue(address, out var before))
            {
                if (_taken.TryAdd(address, 1))
                {
                    return true;
                }
            }
            else if (limits.MaxSubscribersPerAddress > 0 && before >= limits.MaxSubscribersPerAddress)
            {
                return false;
            }
            else if (_taken.TryUpdate(address, before + 1, before))
            {
                return true;
            }
        }
    }
}
