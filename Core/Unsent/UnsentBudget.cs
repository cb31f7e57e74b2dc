namespace LiveStreams.Core.Unsent;

/// <summary>
/// Counts the bytes that the process holds for readers that wait, and cuts readers when these are too many: the
/// readers that have waited for longest first. A reader that does not wait is not counted, so a reader that keeps up
/// costs nothing here.
/// </summary>
public sealed class UnsentBudget(UnsentLimits limits)
{
    /// <summary>A wait occupies whole blocks of a pipe.</summary>
    private const int BlockBytes = 4096;

    private readonly Lock _gate = new();
    private readonly UnsentAccount _all = new();
    private readonly Dictionary<object, UnsentAccount> _accounts = [];
    private long _budgetCuts;
    private long _stallCuts;

    /// <summary>The bytes that are held.</summary>
    public long HeldBytes
    {
        get
        {
            lock (_gate)
            {
                return _all.Held;
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
            return _all.Held > limits.Bytes
                || (_accounts.TryGetValue(owner, out var account) && account.Held > limits.BytesPerOwner);
        }
    }

    /// <summary>Cuts the readers whose deadline has come.</summary>
    internal void CutStalled(long tick)
    {
        List<UnsentWait>? stalled = null;
        lock (_gate)
        {
            for (var node = _all.Waits.First; node is not null;)
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

    internal void Start(UnsentWait wait, int bytes, SharedCharge? shared, long deadlineTick)
    {
        List<UnsentWait>? cut = null;
        lock (_gate)
        {
            if (!_accounts.TryGetValue(wait.Owner, out var account))
            {
                _accounts[wait.Owner] = account = new UnsentAccount();
            }

            (wait.Account, wait.Shared, wait.DeadlineTick, wait.IsCut) = (account, shared, deadlineTick, false);
            Charge(wait, ((bytes + BlockBytes - 1) / BlockBytes) * BlockBytes);
            _all.Waits.AddLast(wait.Node);
            account.Waits.AddLast(wait.AccountNode);
            if (shared is not null)
            {
                shared.Waits.AddLast(wait.SharedNode);
                Charge(wait, wait.SharedNode.Previous is null ? shared.Bytes : 0);
            }

            CutUntil(account, limits.BytesPerOwner, ref cut);
            CutUntil(_all, limits.Bytes, ref cut);
        }

        Abort(cut);
    }

    internal void End(UnsentWait wait)
    {
        lock (_gate)
        {
            var account = wait.Account!;
            if (wait.IsCut)
            {
                _all.Releasing -= wait.Charged;
                account.Releasing -= wait.Charged;
            }
            else
            {
                Remove(wait);
            }

            Charge(wait, -wait.Charged);
            if (account is { Held: 0, Waits.Count: 0 })
            {
                _accounts.Remove(wait.Owner);
            }
        }
    }

    // A reader that waits alone is not cut: what it is sent may be larger than the limit.
    private void CutUntil(UnsentAccount account, long limit, ref List<UnsentWait>? cut)
    {
        while (account.HeldAfterCuts > limit && account.Waits.Count > 1)
        {
            Cut(account.Waits.First!.Value, ref cut);
            _budgetCuts++;
        }
    }

    private void Cut(UnsentWait wait, ref List<UnsentWait>? cut)
    {
        Remove(wait);
        wait.IsCut = true;
        _all.Releasing += wait.Charged;
        wait.Account!.Releasing += wait.Charged;
        (cut ??= []).Add(wait);
    }

    // Takes a wait out of the order. What it shares is then charged to the next reader that waits for it.
    private void Remove(UnsentWait wait)
    {
        _all.Waits.Remove(wait.Node);
        wait.Account!.Waits.Remove(wait.AccountNode);
        if (wait.Shared is not { } shared)
        {
            return;
        }

        var next = wait.SharedNode.Previous is null ? wait.SharedNode.Next : null;
        shared.Waits.Remove(wait.SharedNode);
        if (next is not null)
        {
            Charge(wait, -shared.Bytes);
            Charge(next.Value, shared.Bytes);
        }
    }

    private void Charge(UnsentWait wait, long bytes)
    {
        wait.Charged += bytes;
        wait.Account!.Held += bytes;
        _all.Held += bytes;
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
