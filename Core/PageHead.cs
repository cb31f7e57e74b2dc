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

    /// <summary>The number of kept updates.</summary>
    public long Count => Head.Sequence - OldestSequence + 1;

    /// <summary>The position before the oldest kept update.</summary>
    public UpdateId Earliest => Head.IsNone ? Head : Head.Before(OldestSequence);

    /// <summary>
    /// Null if everything after <paramref name="position"/> is kept; otherwise why not. Every engine uses this rule,
    /// so that all of them report lost history in the same way.
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
