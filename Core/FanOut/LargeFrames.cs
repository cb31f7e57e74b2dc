namespace LiveStreams.Core.FanOut;

/// <summary>
/// The large frames of a page that subscribers are being sent from history. Subscribers that are sent the same one
/// share it, also when they have read it at different times.
/// </summary>
internal sealed class LargeFrames
{
    private readonly Lock _gate = new();
    private readonly Dictionary<UpdateId, WeakReference<Frame>> _frames = [];

    /// <summary>The frame of an update, which is shared if it is large.</summary>
    public Frame GetOrCreate(Update update)
    {
        lock (_gate)
        {
            if (_frames.TryGetValue(update.Id, out var known) && known.TryGetTarget(out var shared))
            {
                return shared;
            }
        }

        var frame = Frame.Create(update, update.Id);
        return frame.Charge is null ? frame : Share(frame);
    }

    private Frame Share(Frame frame)
    {
        lock (_gate)
        {
            if (_frames.TryGetValue(frame.Id, out var known) && known.TryGetTarget(out var shared))
            {
                return shared;
            }

            RemoveUnused();
            _frames[frame.Id] = new WeakReference<Frame>(frame);
            return frame;
        }
    }

    private void RemoveUnused()
    {
        foreach (var (id, frame) in _frames)
        {
            if (!frame.TryGetTarget(out _))
            {
                _frames.Remove(id);
            }
        }
    }
}
