namespace LiveStreams.Core;

/// <summary>
/// Collects the updates of one <see cref="HistoryBlock"/>, those nearest to its position first, until the block is
/// full. Every engine uses it.
/// </summary>
/// <param name="limit">The most updates.</param>
public sealed class BlockBuilder(int limit)
{
    private readonly List<Update> _updates = [];
    private long _bytes;

    /// <summary>See <see cref="HistoryBlock.IsFull"/>.</summary>
    public bool IsFull { get; private set; }

    /// <summary>
    /// Whether an update was added with another time than the store has, and so may have yet another one next time.
    /// Then the block is not full.
    /// </summary>
    public bool HasCorrectedTimes { get; set; }

    /// <summary>Adds the next update; false if the block has no room for it.</summary>
    public bool TryAdd(Update update)
    {
        _bytes += update.Data.Length;
        if (IsFull || (_updates.Count > 0 && _bytes > HistoryBlock.MaxBytes))
        {
            IsFull = true;
            return false;
        }

        _updates.Add(update);
        IsFull = _updates.Count == limit;
        return true;
    }

    /// <summary>Adds updates until the block is full.</summary>
    public BlockBuilder AddRange(IEnumerable<Update> updates)
    {
        foreach (var update in updates)
        {
            if (!TryAdd(update))
            {
                break;
            }
        }

        return this;
    }

    /// <summary>Ends the block: the store has read no more, because the block has its size.</summary>
    public void Close() => IsFull = true;

    /// <summary>The block of the updates right after a position, which were added in ascending order.</summary>
    public HistoryBlock After(PageHead page) =>
        new(page, _updates, Reset: null) { IsFull = IsFull && !HasCorrectedTimes };

    /// <summary>The block of the updates right before a position, which were added in descending order.</summary>
    public HistoryBlock Before(PageHead page)
    {
        _updates.Reverse();
        return After(page);
    }
}
