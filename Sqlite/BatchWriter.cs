namespace LiveStreams.Sqlite;

/// <summary>
/// Writes the updates of one commit to the journal. If they are so large that writing them twice would cost more than
/// the journal saves, writes them straight to the tables, after the pending updates of the same pages.
/// </summary>
internal sealed class BatchWriter(JournalTable journal, PendingPages pending, JournalFold fold, PageFold pageFold)
{
    private readonly List<PendingPage> _folded = [];

    /// <summary>Writes the batch. Called inside a transaction.</summary>
    public void Write(JournalBatch batch)
    {
        _folded.Clear();
        if (!batch.IsLarge)
        {
            journal.Append(batch.ToRow());
            return;
        }

        var direct = new PendingPages();
        direct.Add(batch.Entries);
        foreach (var page in direct.All)
        {
            if (pending.TryFind(page.Id, out var earlier))
            {
                pageFold.Fold(earlier);
                _folded.Add(earlier);
            }

            pageFold.Fold(page);
        }
    }

    /// <summary>Makes the batch visible to readers. Called after the commit.</summary>
    public void MakeVisible(JournalBatch batch)
    {
        _folded.ForEach(pending.Remove);
        if (!batch.IsLarge)
        {
            pending.Add(batch.Entries);
            fold.OnAppended(batch.Bytes);
        }
    }
}
