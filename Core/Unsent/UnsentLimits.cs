namespace LiveStreams.Core.Unsent;

/// <summary>The most bytes that may be held for readers that are slow to take them.</summary>
/// <param name="Bytes">For all readers of the process.</param>
/// <param name="BytesPerOwner">For the readers of one owner (<see cref="IUnsentReader.Owner"/>).</param>
public sealed record UnsentLimits(long Bytes, long BytesPerOwner)
{
    public static readonly UnsentLimits None = new(long.MaxValue, long.MaxValue);
}
