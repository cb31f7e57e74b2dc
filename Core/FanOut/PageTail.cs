namespace LiveStreams.Core.FanOut;

/// <summary>The effect of an announcement, or of a comparison with the log's head.</summary>
internal enum ReceiveResult
{
    /// <summary>The tail has a new frame.</summary>
    Added,

    /// <summary>Nothing: it was known, or a reading of the log that is under way will bring it.</summary>
    Ignored,

    /// <summary>Something is missing: the log must be read, from the head on, until <see cref="PageTail.Add"/> says that all is there.</summary>
    Gap,
}

/// <summary>
/// The newest frames of a page, contiguous, and the head they lead up to. It begins with a reading of the log under way: what is
/// announced before <see cref="Begin"/> is only noted.
/// </summary>
internal sealed class PageTail(SubscriberOptions options)
{
    private readonly Lock _gate = new();
    private UpdateId _head;
    private bool _isEnded;
    private bool _reading = true;
    private bool _announcedMeanwhile;

    public FrameRing Ring { get; } = new(options.RingFrames, options.RingBytes);

    /// <summary>The newest update it has, or had before the ring let go of it.</summary>
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

    /// <summary>The same, or null when that has ended the page.</summary>
    public UpdateId? LiveHead
    {
        get
        {
            lock (_gate)
            {
                return _isEnded ? null : _head;
            }
        }
    }

    /// <summary>Whether a reading of the log is under way.</summary>
    public bool IsReading => Volatile.Read(ref _reading);

    public ReceiveResult Receive(Update update)
    {
        lock (_gate)
        {
            if (update.IsLiveOnly)
            {
                Ring.Add(Frame.Of(update, _head));
                return ReceiveResult.Added;
            }

            if (_reading)
            {
                _announcedMeanwhile = true;
                return ReceiveResult.Ignored;
            }

            if (update.Id.Follows(_head))
            {
                Append(update);
                return ReceiveResult.Added;
            }

            var isKnown = update.Id.Epoch == _head.Epoch && update.Id.Sequence <= _head.Sequence;
            _reading = !isKnown;
            return isKnown ? ReceiveResult.Ignored : ReceiveResult.Gap;
        }
    }

    /// <summary>Begins at the page's head; false when something has been announced since, so that the log must be read from there.</summary>
    public bool Begin(PageHead page)
    {
        lock (_gate)
        {
            (_head, _isEnded) = (page.Head, page.IsEnded);
            _reading = _announcedMeanwhile;
            return !_reading;
        }
    }

    /// <summary>
    /// Compares the head with the log's. A log's head behind the tail's was read before the newest announcement came: a log that has gone back
    /// begins a new epoch.
    /// </summary>
    public ReceiveResult Compare(UpdateId logHead)
    {
        lock (_gate)
        {
            if (_reading || (logHead.Epoch == _head.Epoch && logHead.Sequence <= _head.Sequence))
            {
                return ReceiveResult.Ignored;
            }

            _reading = true;
            return ReceiveResult.Gap;
        }
    }

    /// <summary>
    /// Adds what was read from the log after the head; true when that was all. When the head is not in the log any more, the tail begins anew at
    /// the log's head, and every subscriber finds its place gone.
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

            _reading = block.Updates.Count > 0 || _announcedMeanwhile;
            _announcedMeanwhile = false;
            return !_reading;
        }
    }

    /// <summary>
    /// The ring index from which a subscriber at <paramref name="position"/> goes on, or -1 when the ring does not hold it. A position
    /// the tail has not come to yet, the log being ahead of the bus, goes on at the end. One before any epoch may be after the end of the
    /// tail's, the log having been emptied: only the log can tell.
    /// </summary>
    public long Seek(UpdateId position)
    {
        lock (_gate)
        {
            if (position.Epoch != _head.Epoch)
            {
                return position.IsNone ? -1 : Ring.Next;
            }

            var next = Ring.FirstAfter(position.Sequence);
            var isHeld = next == Ring.Next ? position.Sequence >= _head.Sequence : Ring[next]!.Id.Follows(position);
            return isHeld ? next : -1;
        }
    }

    private void Append(Update update)
    {
        var frame = Frame.Of(update, update.Id);
        (_head, _isEnded) = (update.Id, frame.IsEnd);
        Ring.Add(frame);
    }
}
