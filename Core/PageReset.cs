namespace LiveStreams.Core;

/// <summary>A position cannot be served exactly: why, from where on it can, and how much is lost.</summary>
/// <param name="Reason">Why.</param>
/// <param name="From">The stream continues after this position.</param>
/// <param name="Missed">
/// How many updates between the two positions are lost; null if nobody can know. Sequences are contiguous, so the
/// number is exact.
/// </param>
public sealed record PageReset(ResetReason Reason, UpdateId From, long? Missed)
{
    /// <summary>The reason as clients read it.</summary>
    public string ReasonName => NameOf(Reason);

    /// <summary>A reason as clients read it.</summary>
    public static string NameOf(ResetReason reason) => reason switch
    {
        ResetReason.Trimmed => "trimmed",
        ResetReason.Epoch => "epoch",
        _ => "unknown",
    };

    /// <summary>The reset of a stream that continues after another position: the head's or a snapshot's.</summary>
    public PageReset ContinueAfter(UpdateId position) => new(
        Reason,
        position,
        Missed is { } missed && position.Epoch == From.Epoch
            ? Math.Max(0, missed + position.Sequence - From.Sequence)
            : null);
}
