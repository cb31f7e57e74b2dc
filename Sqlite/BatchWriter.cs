namespace LiveStreams.Sqlite;

/// <summary>
/// Writes what one commit appends: to the journal, or, when its updates are so large that writing them twice would cost more, straight
/// to where they are kept, behind what is pending of the same pages.
/// </summary>
internal sealed class BatchWriter(Journal journal, Pending pending, JournalFold fold, PageFold pages)
{
    private readonly List<PendingPage> _moved = [];

    /// <summary>Writes it, inside the transaction that its caller has begun.</summary>
    public void Write(JournalBatch batch)
    {
        _moved.Clear();
        if (!batch.IsLarge)
        {
            journal.Append(batch.ToRow());
            return;
        }

        var straight = new Pending();
        straight.Add(batch.Entries);
        foreach (var page in straight.Pages)
        {
            if (pending.TryFind(page.Id, out var before))
            {
                pages.Move(before);
                _moved.Add(before);
            }

            pages.Move(page);
        }
    }

    /// <summary>Lets readers find it, after the commit.</summary>
    public void Show(JournalBatch batch)
    {
        _moved.ForEach(pending.Remove);
        if (!batch.IsLarge)
        {
            pending.Add(batch.Entries);
            fold.Appended(batch.Weight);
        }
    }
}
