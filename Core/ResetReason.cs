namespace LiveStreams.Core;

/// <summary>Why a stream cannot continue from a position; the <c>reason</c> of <c>event: reset</c>.</summary>
public enum ResetReason
{
    /// <summary>Not all updates after the position are kept.</summary>
    Trimmed,

    /// <summary>The position belongs to another epoch: the store has lost the page, or updates of it, since.</summary>
    Epoch,

    /// <summary>The position is malformed, or later than the newest update.</summary>
    Unknown,
}
