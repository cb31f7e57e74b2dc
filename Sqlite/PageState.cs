using LiveStreams.Core;
using LiveStreams.Core.Posts;

namespace LiveStreams.Sqlite;

/// <summary>What the writer knows of a page without asking the file. It is the only one that writes, so this is the truth.</summary>
internal sealed class PageState(PageId id, long key, long epoch)
{
    public PageId Id => id;

    /// <summary>The page's number in the file.</summary>
    public long Key => key;

    public long Epoch => epoch;

    /// <summary>The newest update's, also of one that is only in the journal; 0 before the first.</summary>
    public long Sequence { get; set; }

    /// <summary>The sequence of the update that last ended the page; 0 if none has.</summary>
    public long EndedAt { get; set; }

    /// <summary>The sizes of its posts, once they were needed; the writer keeps them up to date.</summary>
    public PostSizes? PostSizes { get; set; }

    public bool IsEnded => Sequence > 0 && EndedAt == Sequence;

    /// <summary>When the newest update was taken, in Unix milliseconds.</summary>
    public long Time { get; set; }

    /// <summary>Goes on to what is pending of it.</summary>
    public void Take(PendingPage pending)
    {
        foreach (var update in pending.Updates.Span)
        {
            Sequence = update.Update.Id.Sequence;
            EndedAt = update.IsEnd ? Sequence : EndedAt;
        }

        Time = pending.Time;
    }

    /// <summary>Goes on to an update that was found in the journal; false when that is in history already.</summary>
    public bool TryTake(Update update)
    {
        if (!update.IsLiveOnly && update.Id.Sequence <= Sequence)
        {
            return false;
        }

        Sequence = Math.Max(Sequence, update.Id.Sequence);
        EndedAt = update.Event == EventName.End ? update.Id.Sequence : EndedAt;
        Time = Math.Max(Time, update.Time.ToUnixTimeMilliseconds());
        return true;
    }
}
