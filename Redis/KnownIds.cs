using LiveStreams.Core;

namespace LiveStreams.Redis;

/// <summary>What this process knows of the ids of a page.</summary>
/// <param name="Newest">The newest id that it has seen; <see cref="UpdateId.None"/> if it has seen none.</param>
/// <param name="ReplacedEpochs">
/// The epochs that it has seen before that of <paramref name="Newest"/>, the newest first, as the scripts take them: a
/// space before each. Null if there are none.
/// </param>
internal readonly record struct KnownIds(UpdateId Newest, string? ReplacedEpochs = null)
{
    /// <summary>How many epochs are remembered. A Redis may go back to an older state more than once.</summary>
    private const int MaxReplacedEpochs = 8;

    private const int EpochLength = 13;

    /// <summary>All known epochs as the scripts take them, the newest first; empty if none is known.</summary>
    public string Epochs => Newest.IsNone ? "" : ScriptValues.FormatEpoch(Newest.Epoch) + ReplacedEpochs;

    /// <summary>
    /// Adds an id, unless a newer one of its epoch is known, or its epoch has been replaced: then it arrives late.
    /// </summary>
    public KnownIds Add(UpdateId id)
    {
        if (id.Epoch == Newest.Epoch)
        {
            return id.Sequence > Newest.Sequence ? this with { Newest = id } : this;
        }

        if (ReplacedEpochs?.Contains(ScriptValues.FormatEpoch(id.Epoch), StringComparison.Ordinal) is true)
        {
            return this;
        }

        var replaced = Newest.IsNone ? null : $" {Epochs}";
        return new KnownIds(id, replaced?[..Math.Min(replaced.Length, MaxReplacedEpochs * EpochLength)]);
    }
}
