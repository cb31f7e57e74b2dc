namespace LiveStreams.Core.FanOut;

/// <summary>
/// A page's newest frames, each under a running index. One writer at a time (the caller holds a lock); any number of
/// readers without a lock. It starts with room for four frames and doubles as the page gets busy, up to a maximum in
/// frames and in bytes. At the maximum, the oldest frames are removed; a reader that still needs one of them gets
/// null.
/// </summary>
internal sealed class FrameRing(int maxFrames, int maxBytes)
{
    // A frame stores its index, so a reader that was overtaken finds another index in the slot.
    private Frame?[] _slots = new Frame?[4];
    private long _oldest;
    private long _next;
    private long _bytes;

    /// <summary>
    /// The index of the next frame to be added. A frame is readable as soon as this is greater than its index.
    /// </summary>
    public long Next => Volatile.Read(ref _next);

    /// <summary>The bytes of the frames.</summary>
    public long Bytes => Volatile.Read(ref _bytes);

    /// <summary>The index of the oldest frame held. Only for the writer.</summary>
    public long Oldest => _oldest;

    /// <summary>The frame at an index; null when it has been removed.</summary>
    public Frame? this[long index]
    {
        get
        {
            var slots = Volatile.Read(ref _slots);
            var frame = Volatile.Read(ref slots[index & (slots.Length - 1)]);
            return frame?.Index == index ? frame : null;
        }
    }

    /// <summary>
    /// The index of the first frame after a sequence, or <see cref="Next"/>. Only for the writer. A binary search
    /// finds it, because positions never fall along the ring.
    /// </summary>
    public long FirstAfter(long sequence)
    {
        var (low, high) = (_oldest, _next);
        while (low < high)
        {
            var middle = low + ((high - low) / 2);
            (low, high) = this[middle]!.Position.Sequence > sequence ? (low, middle) : (middle + 1, high);
        }

        return low;
    }

    public void Add(Frame frame)
    {
        while (_next > _oldest && (_next - _oldest >= maxFrames || _bytes + frame.Length > maxBytes))
        {
            Evict();
        }

        if (_next - _oldest == _slots.Length)
        {
            Grow();
        }

        frame.Index = _next;
        _bytes += frame.Length;
        Volatile.Write(ref _slots[_next & (_slots.Length - 1)], frame);
        Volatile.Write(ref _next, _next + 1);
    }

    /// <summary>
    /// Removes every frame and skips one index. Every reader then finds that its next frame is gone, also a reader
    /// that had read everything.
    /// </summary>
    public void Restart()
    {
        while (_next > _oldest)
        {
            Evict();
        }

        _oldest++;
        Volatile.Write(ref _next, _next + 1);
    }

    private void Evict()
    {
        ref var slot = ref _slots[_oldest & (_slots.Length - 1)];
        _bytes -= slot!.Length;
        Volatile.Write(ref slot, null);
        _oldest++;
    }

    // Readers read Next before the slots, so the array they see is never older than the index they look for.
    private void Grow()
    {
        var grown = new Frame?[_slots.Length * 2];
        for (var index = _oldest; index < _next; index++)
        {
            grown[index & (grown.Length - 1)] = this[index];
        }

        Volatile.Write(ref _slots, grown);
    }
}
