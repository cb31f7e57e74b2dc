using System.Text.RegularExpressions;
using LiveStreams.Core;
using LiveStreams.Core.Listing;
using StackExchange.Redis;

namespace LiveStreams.Redis;

/// <summary>
/// The pages in a Redis, whoever published them. The index is in two keys of its own (<see cref="RedisNames.Index"/>,
/// <see cref="RedisNames.Born"/>), which a process writes right after its append (<see cref="IndexWriter"/>): in a
/// Redis Cluster they are in another slot than the page. So a page that has expired stays in the index until a read
/// finds that it is gone.
/// </summary>
public sealed partial class RedisIndex(RedisConnection connection, TimeProvider time) : IPageIndex
{
    private static readonly RedisValue[] _fields = ["epoch", "sequence", "time", "ended"];

    private readonly RedisNames _names = connection.Names;
    private readonly IndexCommands _index = new(connection);

    public async ValueTask<IReadOnlyList<PageId>> ListAsync(
        NameRange range, int limit, CancellationToken cancellationToken)
    {
        var names = await connection.RunAsync(database => database.SortedSetRangeByValueAsync(
            _names.Index,
            range.From,
            range.To is null ? RedisValue.Null : range.To,
            Exclude.Stop,
            Order.Ascending,
            take: limit,
            flags: CommandFlags.DemandMaster)).WaitAsync(cancellationToken).ConfigureAwait(false);
        return Array.ConvertAll(names, static name => Parse(name));
    }

    public async ValueTask<IReadOnlyList<ListedPage>> ReadAsync(
        IReadOnlyList<PageId> pages, CancellationToken cancellationToken)
    {
        var read = await ReadOrNullAsync(pages).WaitAsync(cancellationToken).ConfigureAwait(false);
        PageId[] gone = [.. pages.Where((_, i) => read[i] is null)];
        if (gone.Length > 0)
        {
            await RemoveAsync(gone).WaitAsync(cancellationToken).ConfigureAwait(false);
        }

        return [.. read.OfType<ListedPage>()];
    }

    public async ValueTask<BornPages> ReadBornAsync(string? cursor, CancellationToken cancellationToken)
    {
        var entries = cursor is null || !StreamId().IsMatch(cursor)
            ? []
            : await connection.RunAsync(database => database.StreamRangeAsync(
                _names.Born, cursor, count: IPageIndex.MaxPages + 1, flags: CommandFlags.DemandMaster))
                .WaitAsync(cancellationToken).ConfigureAwait(false);

        // While the entry of the cursor is there, none after it has been removed.
        if (entries.Length == 0 || entries[0].Id != cursor)
        {
            var newest = await _index.NewestAsync().WaitAsync(cancellationToken).ConfigureAwait(false);
            return new BornPages([], newest!, IsGap: cursor is not null);
        }

        // An entry that another program has written must not stop those after it.
        PageId[] pages =
        [
            .. entries[1..].Select(entry => PageId.TryParse($"{entry["page"]}", out var page, out _) ? page : default)
                .Where(page => page != default),
        ];
        return new BornPages(pages, entries[^1].Id!);
    }

    // A page may be published to between the read that did not find it and its removal. Its process has then written
    // the index in vain, so the pages are read once more.
    private async Task RemoveAsync(PageId[] gone)
    {
        await _index.RemoveAsync(gone).ConfigureAwait(false);
        var read = await ReadOrNullAsync(gone).ConfigureAwait(false);
        IndexedPage[] back = [.. gone.Where((_, i) => read[i] is not null).Select(page => new IndexedPage(page, true))];
        if (back.Length > 0)
        {
            await _index.AddAsync(back).ConfigureAwait(false);
        }
    }

    private Task<ListedPage?[]> ReadOrNullAsync(IReadOnlyList<PageId> pages) =>
        Task.WhenAll(pages.Select(async page =>
        {
            var values = await connection.RunAsync(database => database.HashGetAsync(
                _names.Meta(page), _fields, CommandFlags.DemandMaster)).ConfigureAwait(false);
            return Read(page, values);
        }));

    private ListedPage? Read(PageId page, RedisValue[] values)
    {
        if (values[0].IsNull)
        {
            return null;
        }

        var (sequence, now) = ((long)values[1], time.GetUtcNow());
        var newest = DateTimeOffset.FromUnixTimeMilliseconds((long)values[2]);
        return new ListedPage(
            page,
            sequence == 0 ? UpdateId.None : ScriptValues.ParseId($"{values[0]}-{sequence}"),
            UpdateTime.IsSetBack(newest, now) ? now : newest,
            IsEnded: sequence > 0 && values[3] == sequence);
    }

    private static PageId Parse(RedisValue name) => PageId.TryParse(name!, out var page, out _)
        ? page
        : throw new StoreUnavailableException("Another program has written to the index of pages.");

    [GeneratedRegex(@"^\d{1,20}-\d{1,20}$", RegexOptions.CultureInvariant)]
    private static partial Regex StreamId();
}
