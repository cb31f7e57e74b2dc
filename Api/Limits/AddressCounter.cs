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

    /// <summary>Counts one more, until <see cref="Remove"/>; false when the address has reached the limit.</summary>
    public bool TryAdd(ClientAddress address)
    {
        while (true)
        {
            if (!_counts.TryGetValue(address, out var before))
            {
                if (_counts.TryAdd(address, 1))
                {
                    return true;
                }
            }
            else if (max > 0 && before >= max)
            {
                return false;
            }
            else if (_counts.TryUpdate(address, before + 1, before))
            {
                return true;
            }
        }
    }

    /// <summary>Counts one less.</summary>
    public void Remove(ClientAddress address)
    {
        int before;
        do
        {
            before = _counts[address];
        }
        while (!(before == 1
            ? _counts.TryRemove(KeyValuePair.Create(address, before))
            : _counts.TryUpdate(address, before - 1, before)));
    }
}
