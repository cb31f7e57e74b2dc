namespace LiveStreams.Core.Unsent;

/// <summary>
/// Counts the bytes that the process holds for readers that wait, and cuts readers when these are too many: of the
/// owner that holds most, the reader that has waited for longest first. A reader that does not wait is not counted, so
/// a reader that keeps up costs nothing here.
/// </summary>
public sealed class UnsentBudget(UnsentLimits limits)
{
    /// <summary>A wait occupies whole blocks of a pipe.</summary>
    private const int BlockBytes = 4096;

    private readonly Lock _gate = new();
    private readonly UnsentLedger _ledger = new();
    private long _budgetCuts;
    private long _stallCuts;

    /// <summary>The bytes that are held.</summary>
    public long HeldBytes
    {
        get
        {
            lock (_gate)
            {
                return _ledger.All.Held;
            }
        }
    }

    /// <summary>The readers that were cut because too many bytes were held.</summary>
    public long BudgetCuts => Volatile.Read(ref _budgetCuts);

    /// <summary>The readers that were cut because they did not take what was sent in time.</summary>
    public long StallCuts => Volatile.Read(ref _stallCuts);

    /// <summary>
    /// Whether more is held than may be, for an owner or in all, so that nothing large should be begun for it: the
    /// readers that are being cut have not released their bytes yet.
    /// </summary>
    public bool IsFull(object owner)
    {
        lock (_gate)
        {
            return _ledger.All.Held > limits.Bytes
                || (_ledger.TryFind(owner, out var account) && account.Held > limits.BytesPerOwner);
        }
    }

    /// <summary>Cuts the readers whose deadline has come.</summary>
    internal void CutStalled(long tick)
    {
        List<UnsentWait>? stalled = null;
        lock (_gate)
        {
            for (var node = _ledger.All.Waits.First; node is not null;)
            {
                var (wait, next) = (node.Value, node.Next);
                if (tick >= wait.DeadlineTick)
                {
                    Cut(wait, ref stalled);
                    _stallCuts++;
                }

                node = next;
            }
        }

        Abort(stalled);
    }

    /// <summary>Charges a piece of the wait, which begins with the first.</summary>
    internal void Charge(UnsentWait wait, int bytes, SharedCharge? shared, long deadlineTick)
    {
        List<UnsentWait>? cut = null;
        lock (_gate)
        {
            var account = wait.Account ?? _ledger.Begin(wait);
            if (wait.IsCut)
            {
                return;
            }

            wait.DeadlineTick = deadlineTick;
            _ledger.ChargeOwn(wait, ((bytes + BlockBytes - 1) / BlockBytes) * BlockBytes);
            _ledger.Share(wait, shared);
            CutUntilWithin(account, ref cut);
        }

        Abort(cut);
    }

    /// <summary>The piece was taken. The next one may come late, through no fault of the reader.</summary>
    internal void EndPiece(UnsentWait wait)
    {
        lock (_gate)
        {
            wait.DeadlineTick = long.MaxValue;
        }
    }

    internal void End(UnsentWait wait)
    {
        lock (_gate)
        {
            var account = wait.Account!;
            if (wait.IsCut)
            {
                _ledger.All.Releasing -= wait.Charged;
                account.Releasing -= wait.Charged;
            }
            else
            {
                _ledger.Remove(wait);
            }

            _ledger.End(wait);
        }
    }

    // A reader that waits alone is not cut: what it is sent may be larger than the limit.
    private void CutUntilWithin(UnsentAccount account, ref List<UnsentWait>? cut)
    {
        while (account.HeldAfterCuts > limits.BytesPerOwner && account.Waits.Count > 1)
        {
            Cut(account.Waits.First!.Value, ref cut);
            _budgetCuts++;
        }

        while (_ledger.All.HeldAfterCuts > limits.Bytes && _ledger.All.Waits.Count > 1)
        {
            Cut(_ledger.Most.Waits.First!.Value, ref cut);
            _budgetCuts++;
        }
    }

    // What it alone shares is held until it ends.
    private void Cut(UnsentWait wait, ref List<UnsentWait>? cut)
    {
        var shared = wait.Shared;
        _ledger.Remove(wait);
        _ledger.Charge(wait, shared is { Waits.Count: 0 } ? shared.Bytes : 0);
        wait.IsCut = true;
        _ledger.All.Releasing += wait.Charged;
        wait.Account!.Releasing += wait.Charged;
        (cut ??= []).Add(wait);
    }

    // Outside the lock, because an abort runs code of the server.
    private static void Abort(List<UnsentWait>? waits)
    {
        foreach (var wait in waits ?? [])
        {
            wait.Abort();
        }
    }
}
