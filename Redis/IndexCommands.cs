using LiveStreams.Core;
using StackExchange.Redis;

namespace LiveStreams.Redis;

/// <summary>The commands that change the index in Redis (<see cref="RedisNames.Index"/>).</summary>
/// <exception cref="StoreUnavailableException">From every method: Redis cannot be reached, or refuses.</exception>
internal sealed class IndexCommands(RedisConnection connection)
{
    /// <summary>
    /// About how many pages that began Redis keeps: those of the last minutes in which very many begin. A cursor before
    /// them is too old.
    /// </summary>
    private const int MaxBorn = 10_000;

    private readonly RedisKey _index = connection.Names.Index;
    private readonly RedisKey _born = connection.Names.Born;

    /// <summary>
    /// Adds pages to the index, and reports those that begin as born. If the index did not have all pages, the others
    /// are reported too: which ones are new is not known. Returns how many the index did not have.
    /// </summary>
    public async Task<long> AddAsync(IReadOnlyCollection<IndexedPage> pages)
    {
        var entries = pages.Select(page => new SortedSetEntry(page.Page.Value, 0)).ToArray();
        var adding = connection.RunAsync(database => database.SortedSetAddAsync(_index, entries, SortedSetWhen.Always));
        await Task.WhenAll(adding, ReportAsync(pages.Where(page => page.Begins))).ConfigureAwait(false);
        var added = await adding.ConfigureAwait(false);
        if (added > 0)
        {
            await ReportAsync(pages.Where(page => !page.Begins)).ConfigureAwait(false);
        }

        return added;
    }

    /// <summary>Removes pages from the index.</summary>
    public Task RemoveAsync(IEnumerable<PageId> pages)
    {
        RedisValue[] names = [.. pages.Select(page => (RedisValue)page.Value)];
        return connection.RunAsync(database => database.SortedSetRemoveAsync(_index, names));
    }

    /// <summary>The cursor for now: the newest entry of the stream, which is written if there is none.</summary>
    public async Task<RedisValue> NewestAsync()
    {
        var newest = await connection.RunAsync(database => database.StreamRangeAsync(
            _born, count: 1, messageOrder: Order.Descending, flags: CommandFlags.DemandMaster)).ConfigureAwait(false);
        return newest.Length > 0 ? newest[0].Id : await ReportAsync("").ConfigureAwait(false);
    }

    private Task<RedisValue[]> ReportAsync(IEnumerable<IndexedPage> pages) =>
        Task.WhenAll(pages.Select(page => ReportAsync(page.Page.Value)));

    private Task<RedisValue> ReportAsync(string name) => connection.RunAsync(database => database.StreamAddAsync(
        _born, "page", name, maxLength: MaxBorn, useApproximateMaxLength: true));
}
