using System.IO.Pipelines;

namespace LiveStreams.Core.Unsent;

/// <summary>
/// The waits of one reader, one at a time. While it waits, what is held for it is charged to the
/// <see cref="UnsentBudget"/>, which may cut it. A wait begins with the first piece of an event or a response that the
/// reader does not take at once, and lasts until it is sent: who takes a little now and then has waited all the time.
/// A reader that takes everything at once needs none.
/// </summary>
internal sealed class UnsentWait
{
    private readonly UnsentBudget _budget;
    private readonly ReaderAbort _abort;
    private volatile bool _isWaiting;

    public UnsentWait(UnsentBudget budget, IUnsentReader reader)
    {
        (_budget, _abort) = (budget, new ReaderAbort(reader));
        Owner = reader.Owner;
        Node = new LinkedListNode<UnsentWait>(this);
        AccountNode = new LinkedListNode<UnsentWait>(this);
        SharedNode = new LinkedListNode<UnsentWait>(this);
    }

    /// <summary>Whether a flush waits for the reader.</summary>
    public bool IsWaiting => _isWaiting;

    public object Owner { get; }

    // The state of the wait in progress, guarded by the budget.
    public UnsentAccount? Account { get; set; }

    public SharedCharge? Shared { get; set; }

    /// <summary>All that is charged to it.</summary>
    public long Charged { get; set; }

    /// <summary>The part of it that no other reader shares.</summary>
    public int Own { get; set; }

    public long DeadlineTick { get; set; }

    public bool IsCut { get; set; }

    public LinkedListNode<UnsentWait> Node { get; }

    public LinkedListNode<UnsentWait> AccountNode { get; }

    public LinkedListNode<UnsentWait> SharedNode { get; }

    /// <summary>Whether the reader still takes what is flushed.</summary>
    public static bool IsConnected(FlushResult result) => !result.IsCompleted && !result.IsCanceled;

    /// <summary>
    /// Waits until the reader has taken a flush; false when it has disconnected, or was cut. The caller must call
    /// <see cref="End"/> after the last one.
    /// </summary>
    /// <param name="flush">The flush.</param>
    /// <param name="bytes">The bytes that are held for this reader alone until it has taken them.</param>
    /// <param name="shared">What is held for this reader and others; null if nothing is.</param>
    /// <param name="deadlineTick">When the reader must have taken them (<see cref="UnsentBudget.CutStalled"/>).</param>
    public async ValueTask<bool> FlushedAsync(
        ValueTask<FlushResult> flush, int bytes, SharedCharge? shared, long deadlineTick)
    {
        if (flush.IsCompleted)
        {
            return IsConnected(await flush.ConfigureAwait(false));
        }

        _abort.Arm();
        _budget.Charge(this, bytes, shared, deadlineTick);
        _isWaiting = true;
        try
        {
            return IsConnected(await flush.ConfigureAwait(false));
        }
        finally
        {
            _isWaiting = false;
            _budget.EndPiece(this);
        }
    }

    /// <summary>Ends the wait, if one has begun. After this returned, the reader is not aborted.</summary>
    public void End()
    {
        if (_abort.IsArmed)
        {
            _abort.Disarm();
            _budget.End(this);
        }
    }

    /// <summary>Aborts the reader, if it still waits. The budget must not hold its lock.</summary>
    public void Abort() => _abort.Abort();
}
