namespace LiveStreams.Core.Unsent;

/// <summary>What is held for the readers of one owner, or of all. Guarded by the <see cref="UnsentBudget"/>.</summary>
internal sealed class UnsentAccount
{
    public UnsentAccount() => Node = new LinkedListNode<UnsentAccount>(this);

    /// <summary>The readers that wait and are not cut, the longest wait first.</summary>
    public LinkedList<UnsentWait> Waits { get; } = [];

    /// <summary>The bytes held, including those of readers that are cut and have not released them yet.</summary>
    public long Held { get; set; }

    /// <summary>The bytes that readers which are cut will release.</summary>
    public long Releasing { get; set; }

    public long HeldAfterCuts => Held - Releasing;

    /// <summary>
    /// What is held for the readers that are not cut, of what they share only their part. <see cref="UnsentRanking"/>
    /// sets it.
    /// </summary>
    public long Weight { get; set; }

    public LinkedListNode<UnsentAccount> Node { get; }
}
