using System.Numerics;

namespace LiveStreams.Core.Unsent;

/// <summary>
/// Finds the owner that holds most, to a factor of two, as fast for many owners as for one. Guarded by the
/// <see cref="UnsentBudget"/>.
/// </summary>
internal sealed class UnsentRanking
{
    // For each power of two, the accounts of that weight, the one that has had it for longest first.
    private readonly LinkedList<UnsentAccount>[] _levels =
        [.. Enumerable.Range(0, 64).Select(_ => new LinkedList<UnsentAccount>())];

    /// <summary>The account that holds most. There must be one that holds anything.</summary>
    public UnsentAccount Most => Array.FindLast(_levels, level => level.Count > 0)!.First!.Value;

    public void Add(UnsentAccount account, long bytes)
    {
        account.Weight += bytes;
        var level = account.Weight == 0 ? null : _levels[BitOperations.Log2((ulong)account.Weight)];
        if (account.Node.List != level)
        {
            account.Node.List?.Remove(account.Node);
            level?.AddLast(account.Node);
        }
    }
}
