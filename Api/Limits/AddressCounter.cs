using System.Collections.Concurrent;

namespace LiveStreams.Api.Limits;

/// <summary>
/// Counts what each address has open, up to <paramref name="max"/>; 0 is no limit. An address that has nothing open
/// takes no memory.
/// </summary>
internal sealed class AddressCounter(int max)
{
    private readonly ConcurrentDictionary<ClientAddress, int> _counts = new();

    /// <summary>Addresses that have anything open.</summary>
    public int Addresses => _counts.Count;

    /// <summary>
    /// Counts <paramref name="count"/> more, until <see cref="Remove"/>; false when the address would exceed the limit.
    /// </summary>
    public bool TryAdd(ClientAddress address, int count = 1)
    {
        while (true)
        {
            var isCounted = _counts.TryGetValue(address, out var before);
            if (max > 0 && before + count > max)
            {
                return false;
            }

            if (isCounted ? _counts.TryUpdate(address, before + count, before) : _counts.TryAdd(address, count))
            {
                return true;
            }
        }
    }

    /// <summary>Counts <paramref name="count"/> less.</summary>
    public void Remove(ClientAddress address, int count = 1)
    {
        int before;
        do
        {
            before = _counts[address];
        }
        while (!(before == count
            ? _counts.TryRemove(KeyValuePair.Create(address, before))
            : _counts.TryUpdate(address, before - count, before)));
    }
}
