namespace LiveStreams.Core.FanOut;

/// <summary>The effect of an announcement, or of a comparison with the log's head.</summary>
internal enum TailChange
{
    /// <summary>The tail has a new frame.</summary>
    Added,

    /// <summary>None: the update was known, or the read of the log that is in progress will bring it.</summary>
    Ignored,

    /// <summary>
    /// Updates are missing: the log must be read, from the head on, until <see cref="PageTail.Add"/> returns true.
    /// </summary>
    Gap,
}

/// <summary>
/// The newest frames of a page, contiguous, and the page's head. While the tail catches up with the log, it adds only
/// live-only updates from announcements, because the log has all others. A new tail is in this state until
/// <see cref="StartAt"/>.
/// </summary>
internal sealed class PageTail(SubscriberOptions options)
{
    private readonly Lock _gate = new();
    private UpdateId _head;
    private bool _isEnded;
    private bool _isCatchingUp = true;
    private bool _announcedWhileCatchingUp;

    public FrameRing Ring { get; } = new(options.RingFrames, options.RingBytes);

    /// <summary>The newest update that the tail has received, also when the ring no longer holds it.</summary>
    public UpdateId Head
    {
        get
        {
            lock (_gate)
            {
                return _head;
            }
        }
    }

    /// <summary><see cref="Head"/>, or null when that update has ended the page.</summary>
    public UpdateId? HeadUnlessEnded
    {
        get
        {
            lock (_gate)
            {
                return _isEnded ? null : _head;
            }
        }
    }

    /// <summary>Whether updates are missing, and the log is being read or must be read again.</summary>
    public bool IsCatchingUp => Volatile.Read(ref _isCatchingUp);

    /// <summary>Receives an announcement.</summary>
    public TailChange Receive(Update update)
    {
        lock (_gate)
        {
            if (update.IsLiveOnly)
            {
                Ring.Add(Frame.Create(update, _head));
                return TailChange.Added;
            }

            var isKnown = update.Id.Epoch == _head.Epoch && update.Id.Sequence <= _head.Sequence;
            if (_isCatchingUp)
            {
                _announcedWhileCatchingUp |= !isKnown;
                return TailChange.Ignored;
            }

            if (update.Id.Follows(_head))
            {
                Append(update);
                return TailChange.Added;
            }

            _isCatchingUp = !isKnown;
            return isKnown ? TailChange.Ignored : TailChange.Gap;
        }
    }

    /// <summary>
    /// Starts at the page's head; false when an update has been announced since, so that the log must be read from
    /// there.
    /// </summary>
    public bool StartAt(PageHead page)
    {
        lock (_gate)
        {
            (_head, _isEnded) = (page.Head, page.IsEnded);
            _isCatchingUp = _announcedWhileCatchingUp;
            return !_isCatchingUp;
        }
    }

    /// <summary>
    /// Compares the head with the log's. A log's head of a lower sequence is no gap: it was read before the newest
    /// announcement arrived. A log that has lost updates starts a new epoch, so its head is not mistaken for that.
    /// </summary>
    public TailChange CompareWithLog(UpdateId logHead)
    {
        lock (_gate)
        {
            if (_isCatchingUp || (logHead.Epoch == _head.Epoch && logHead.Sequence <= _head.Sequence))
            {
                return TailChange.Ignored;
            }

            _isCatchingUp = true;
            return TailChange.Gap;
        }
    }

    /// <summary>
    /// Adds what was read from the log after the head; true when nothing more is missing. When the log no longer has
    /// the head, the tail restarts at the log's head, and every subscriber finds that its next frame is gone.
    /// </summary>
    public bool Add(HistoryBlock block)
    {
        lock (_gate)
        {
            if (block.Reset is not null)
            {
                (_head, _isEnded) = (block.Page.Head, block.Page.IsEnded);
                Ring.Restart();
            }

            foreach (var update in block.Updates)
            {
                Append(update);
            }

            _isCatchingUp = block.Updates.Count > 0 || _announcedWhileCatchingUp;
            _announcedWhileCatchingUp = false;
            return !_isCatchingUp;
        }
    }

    /// <summary>
    /// The ring index from which a subscriber at <paramref name="position"/> continues, or -1 when the ring does not
    /// hold that frame. A position that the tail has not reached, because the log is ahead of the bus, continues at
    /// the end of the ring. For a position of another epoch, only the log can tell what comes next: either the tail or
    /// the position is from before the log lost updates.
    /// </summary>
    public long Seek(UpdateId position)
    {
        lock (_gate)
        {
            if (position.Epoch != _head.Epoch)
            {
                return -1;
            }

            var next = Ring.FirstAfter(position.Sequence);
            var isHeld = next == Ring.Next ? position.Sequence >= _head.Sequence : Ring[next]!.Id.Follows(position);
            return isHeld ? next : -1;
        }
    }

    private void Append(Update update)
    {
        var frame = Frame.Create(update, update.Id);
        (_head, _isEnded) = (update.Id, frame.IsEnd);
        Ring.Add(frame);
    }
}
