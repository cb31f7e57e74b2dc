namespace LiveStreams.Core.Unsent;

/// <summary>
/// The size of bytes that many readers are sent, and that are held once. They are charged once, to the reader that has
/// waited for longest. When that one has taken its share, or is cut, the next one is charged.
/// </summary>
public sealed class SharedCharge(int bytes)
{
    internal int Bytes => bytes;

    /// <summary>
    /// Each reader's part. When owners are compared, it counts for the one that is charged: otherwise those who read
    /// something popular would be cut one after the other, each as the one that holds most.
    /// </summary>
    internal long Part => bytes / Waits.Count;

    /// <summary>The readers that wait, the longest wait first. Guarded by the <see cref="UnsentBudget"/>.</summary>
    internal LinkedList<UnsentWait> Waits { get; } = [];
}
