using System.Globalization;

namespace LiveStreams.Core.Listing;

/// <summary>
/// The pages that began in this process, for engines whose pages are published to by one process only: the newest
/// <see cref="Capacity"/> of them.
/// </summary>
public sealed class BirthList
{
    /// <summary>The most pages that it keeps. A cursor before them is too old.</summary>
    public const int Capacity = 10_000;

    // Another process, or the same after a restart, has another.
    private readonly long _id = UpdateId.NewEpoch();
    private readonly Lock _gate = new();
    private readonly Queue<PageId> _pages = new();
    private long _count;

    /// <summary>Adds a page that began.</summary>
    public void Add(PageId page)
    {
        lock (_gate)
        {
            _count++;
            _pages.Enqueue(page);
            if (_pages.Count > Capacity)
            {
                _pages.Dequeue();
            }
        }
    }

    /// <summary>See <see cref="IPageIndex.ReadBornAsync"/>.</summary>
    public BornPages Read(string? cursor)
    {
        lock (_gate)
        {
            if (cursor is null || !TryParse(cursor, out var read))
            {
                return new BornPages([], CursorAt(_count), IsGap: cursor is not null);
            }

            var first = (int)(read - (_count - _pages.Count));
            PageId[] pages = [.. _pages.Skip(first).Take(IPageIndex.MaxPages)];
            return new BornPages(pages, CursorAt(read + pages.Length));
        }
    }

    private string CursorAt(long count) => string.Create(CultureInfo.InvariantCulture, $"{_id:x}-{count}");

    // False if the cursor is not of this list, or too old.
    private bool TryParse(string cursor, out long count)
    {
        count = 0;
        return cursor.Split('-') is [var id, var number]
            && id == _id.ToString("x", CultureInfo.InvariantCulture)
            && long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out count)
            && count <= _count
            && count >= _count - _pages.Count;
    }
}
