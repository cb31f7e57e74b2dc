using System.Diagnostics.CodeAnalysis;

namespace LiveStreams.Core.Unsent;

/// <summary>What is held, and for whom. Guarded by the <see cref="UnsentBudget"/>.</summary>
internal sealed class UnsentLedger
{
    private readonly Dictionary<object, UnsentAccount> _accounts = [];
    private readonly UnsentRanking _ranking = new();

    /// <summary>What is held for all readers.</summary>
    public UnsentAccount All { get; } = new();

    /// <summary>The account of the owner that holds most. There must be one that holds anything.</summary>
    public UnsentAccount Most => _ranking.Most;

    public bool TryFind(object owner, [NotNullWhen(true)] out UnsentAccount? account) =>
        _accounts.TryGetValue(owner, out account);

    /// <summary>Puts a wait into the order.</summary>
    public UnsentAccount Begin(UnsentWait wait)
    {
        if (!_accounts.TryGetValue(wait.Owner, out var account))
        {
            _accounts[wait.Owner] = account = new UnsentAccount();
        }

        wait.Account = account;
        All.Waits.AddLast(wait.Node);
        account.Waits.AddLast(wait.AccountNode);
        return account;
    }

    /// <summary>Ends a wait that is out of the order.</summary>
    public void End(UnsentWait wait)
    {
        var account = wait.Account!;
        Charge(wait, -wait.Charged);
        (wait.Account, wait.Own, wait.IsCut) = (null, 0, false);
        if (account is { Held: 0, Waits.Count: 0 })
        {
            _accounts.Remove(wait.Owner);
        }
    }

    /// <summary>Takes a wait out of the order, and of what is compared.</summary>
    public void Remove(UnsentWait wait)
    {
        Share(wait, null);
        All.Waits.Remove(wait.Node);
        wait.Account!.Waits.Remove(wait.AccountNode);
        _ranking.Add(wait.Account, -wait.Own);
    }

    /// <summary>Changes what is charged to a wait alone.</summary>
    public void ChargeOwn(UnsentWait wait, int bytes)
    {
        Charge(wait, bytes - wait.Own);
        _ranking.Add(wait.Account!, bytes - wait.Own);
        wait.Own = bytes;
    }

    /// <summary>
    /// Changes what a reader shares with others. What it shared before is then charged to the next reader of it.
    /// </summary>
    public void Share(UnsentWait wait, SharedCharge? shared)
    {
        if (wait.Shared == shared)
        {
            return;
        }

        if (wait.Shared is { } before)
        {
            ChargeFirst(before, -1);
            before.Waits.Remove(wait.SharedNode);
            ChargeFirst(before, 1);
        }

        wait.Shared = shared;
        if (shared is not null)
        {
            ChargeFirst(shared, -1);
            shared.Waits.AddLast(wait.SharedNode);
            ChargeFirst(shared, 1);
        }
    }

    /// <summary>Changes what is held for a wait.</summary>
    public void Charge(UnsentWait wait, long bytes)
    {
        wait.Charged += bytes;
        wait.Account!.Held += bytes;
        All.Held += bytes;
    }

    private void ChargeFirst(SharedCharge shared, int sign)
    {
        if (shared.Waits.First is { Value: var first })
        {
            Charge(first, sign * shared.Bytes);
            _ranking.Add(first.Account!, sign * shared.Part);
        }
    }
}
