namespace LiveStreams.Core;

/// <summary>What a page keeps at one moment. Ids are contiguous, so two numbers say it all.</summary>
/// <param name="Head">The newest update's id; sequence 0 or <see cref="UpdateId.None"/> when nothing has been published.</param>
/// <param name="OldestSequence">The oldest kept update's sequence; one more than the head's when none is kept.</param>
/// <param name="IsEnded">True when the newest update has ended the page (<see cref="UpdateDraft.IsEnd"/>).</param>
public readonly record struct PageHead(UpdateId Head, long OldestSequence, bool IsEnded = false)
{
    /// <summary>A page that the store knows nothing of.</summary>
    public static readonly PageHead Empty = new(UpdateId.None, 1);

    public long Count => Head.Sequence - OldestSequence + 1;

    /// <summary>The position from which everything kept is still to come.</summary>
    public UpdateId Earliest => Head.IsNone ? Head : Head.Before(OldestSequence);

    /// <summary>
    /// Whether a reader at <paramref name="position"/> can be served exactly: null if so, else why not. Every engine asks this one
    /// rule, so that all of them tell the same story about lost history.
    /// </summary>
    public ResetReason? ResetFor(UpdateId position)
    {
        if (!position.IsNone && position.Epoch != Head.Epoch)
        {
            return ResetReason.Epoch;
        }

        if (position.Sequence > Head.Sequence)
        {
            return ResetReason.Unknown;
        }

        return position.Sequence + 1 < OldestSequence ? ResetReason.Trimmed : null;
    }
}
