using LiveStreams.Core;
using LiveStreams.Core.Posts;

namespace LiveStreams.Sqlite;

/// <summary>
/// What the writer knows of a page without reading the file. The writer is the only one that writes, so this is always
/// current.
/// </summary>
internal sealed class PageState(PageId id, long rowId, long epoch)
{
    public PageId Id => id;

    /// <summary>The page's id in the tables.</summary>
    public long RowId => rowId;

    public long Epoch => epoch;

    /// <summary>
    /// The sequence of the newest update, also of one that is only in the journal; 0 before the first.
    /// </summary>
    public long Sequence { get; set; }

    /// <summary>The sequence of the update that last ended the page; 0 if none has.</summary>
    public long EndSequence { get; set; }

    /// <summary>The sizes of the page's posts; null until they are needed. The writer keeps them current.</summary>
    public PostSizes? PostSizes { get; set; }

    public bool IsEnded => Sequence > 0 && EndSequence == Sequence;

    /// <summary>
    /// The time of the newest update, live-only ones included, in Unix milliseconds; 0 before the first.
    /// </summary>
    public long Time { get; set; }

    /// <summary>Advances the state over the page's pending updates.</summary>
    public void Apply(PendingPage pending)
    {
        foreach (var update in pending.Updates.Span)
        {
            Sequence = update.Update.Id.Sequence;
            EndSequence = update.IsEnd ? Sequence : EndSequence;
        }

        Time = pending.Time;
    }

    /// <summary>
    /// Advances the state over an update from the journal; false if the update is in history already.
    /// </summary>
    public bool TryApply(Update update)
    {
        if (!update.IsLiveOnly && update.Id.Sequence <= Sequence)
        {
            return false;
        }

        Sequence = Math.Max(Sequence, update.Id.Sequence);
        EndSequence = update.Event == EventName.End ? update.Id.Sequence : EndSequence;
        Time = Math.Max(Time, update.Time.ToUnixTimeMilliseconds());
        return true;
    }
}
