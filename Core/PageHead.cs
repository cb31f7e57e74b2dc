namespace LiveStreams.Core;

/// <summary>
/// What a page keeps at one moment. Sequences are contiguous, so the newest and the oldest describe all.
/// </summary>
/// <param name="Head">
/// The newest update's id; sequence 0 or <see cref="UpdateId.None"/> when nothing has been published.
/// </param>
/// <param name="OldestSequence">
/// The oldest kept update's sequence; one more than the head's when no update is kept.
/// </param>
/// <param name="IsEnded">True when the newest update has ended the page (<see cref="UpdateDraft.IsEnd"/>).</param>
public readonly record struct PageHead(UpdateId Head, long OldestSequence, bool IsEnded = false)
{
    /// <summary>A page that is not in the store.</summary>
    public static readonly PageHead Empty = new(UpdateId.None, 1);

    /// <summary>
    /// Where this epoch began, if it replaced another one whose updates the page still has: the id, in the replaced
    /// epoch, of the last update that both have. <see cref="UpdateId.None"/> if all updates are of this epoch.
    /// </summary>
    public UpdateId EpochStart { get; init; }

    /// <summary>The number of kept updates.</summary>
    public long Count => Head.Sequence - OldestSequence + 1;

    /// <summary>The position before the oldest kept update.</summary>
    public UpdateId Earliest => Head.IsNone ? Head : Head.Before(OldestSequence);

    /// <summary>
    /// Null if everything after <paramref name="position"/> is kept; otherwise the reset that loses the least. Every
    /// engine uses this rule, so that all of them report lost history in the same way.
    /// </summary>
    public PageReset? ResetFor(UpdateId position)
    {
        if (!position.IsNone && position.Epoch != Head.Epoch)
        {
            return new PageReset(ResetReason.Epoch, FindInThisEpoch(position), Missed: null);
        }

        if (position.Sequence > Head.Sequence)
        {
            return new PageReset(ResetReason.Unknown, Head, Missed: null);
        }

        return position.Sequence + 1 < OldestSequence
            ? new PageReset(ResetReason.Trimmed, Earliest, Earliest.Sequence - position.Sequence)
            : null;
    }

    /// <summary>
    /// Null if the updates before <paramref name="update"/> are known, kept or not: it is an update of this epoch.
    /// Otherwise the same reset as for reading after it.
    /// </summary>
    public PageReset? ResetBefore(UpdateId update) =>
        ResetFor(update) is { Reason: not ResetReason.Trimmed } reset ? reset : null;

    // The position in this epoch for one of another epoch: after the last update that both have, as far as is known.
    private UpdateId FindInThisEpoch(UpdateId position)
    {
        if (Head.IsNone)
        {
            return Head;
        }

        var shared = position.Epoch == EpochStart.Epoch
            ? Math.Min(position.Sequence, EpochStart.Sequence)
            : EpochStart.Sequence;
        return new UpdateId(Head.Epoch, Math.Max(shared, Earliest.Sequence));
    }
}
