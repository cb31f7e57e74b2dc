namespace LiveStreams.Core;

/// <summary>Why a position cannot be honoured; the <c>reason</c> of <c>event: reset</c>.</summary>
public enum ResetReason
{
    /// <summary>Updates after the position are no longer kept.</summary>
    Trimmed,

    /// <summary>The position is of another epoch: the store has begun anew since.</summary>
    Epoch,

    /// <summary>The position is malformed, or after the newest update.</summary>
    Unknown,
}
