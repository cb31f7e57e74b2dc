namespace LiveStreams.Sqlite;

/// <summary>
/// Writes the updates of one commit to the journal. If they are so large that writing them twice would cost more than
/// the journal saves, writes them straight to the tables, after the pending updates of the same pages. So it does when
/// the clock was set back.
/// </summary>
internal sealed class BatchWriter(
    JournalTable journal,
    PendingPages pending,
    JournalFold fold,
    PageFold pageFold,
    PageTimes times)
{
    private readonly List<PendingPage> _folded = [];

    /// <summary>Writes the batch. Called inside a transaction.</summary>
    public void Write(JournalBatch batch)
    {
        _folded.Clear();
        if (!batch.SkipsJournal)
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

            if (batch.IsSetBack(page.RowId))
            {
                times.SetBack(page.RowId, page.Time);
            }

            pageFold.Fold(page);
        }
    }

    /// <summary>Makes the batch visible to readers. Called after the commit.</summary>
    public void MakeVisible(JournalBatch batch)
    {
        _folded.ForEach(pending.Remove);
        if (!batch.SkipsJournal)
        {
            pending.Add(batch.Entries);
            fold.OnAppended(batch.Bytes);
        }
    }
}
