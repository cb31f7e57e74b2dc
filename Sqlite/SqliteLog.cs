using System.Collections.Concurrent;
using LiveStreams.Core;
using LiveStreams.Core.Listing;
using LiveStreams.Core.Metrics;
using LiveStreams.Core.Posts;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;

namespace LiveStreams.Sqlite;

/// <summary>
/// The durable engine of one process: a SQLite file in WAL mode. Appends go through one writer
/// (<see cref="SqliteWriter"/>) and complete after their commit is on the disk. Reads run at the same time, each on its
/// own connection, and block their thread for the microseconds that SQLite takes.
/// </summary>
public sealed class SqliteLog : IPageLog, IPageIndex, IDisposable
{
    private static readonly TimeSpan _tickPeriod = TimeSpan.FromSeconds(1);

    private readonly SqliteFile _file;
    private readonly SqliteWriter _writer;
    private readonly ConcurrentBag<SqliteReader> _readers = [];
    private readonly HistoryOptions _history;
    private readonly TimeProvider _time;
    private readonly ITimer _ticker;

    /// <exception cref="StoreFileException">The database file cannot be used.</exception>
    public SqliteLog(
        SqliteOptions options,
        HistoryOptions history,
        PostOptions posts,
        LocalBus bus,
        ServerMetrics metrics,
        TimeProvider time,
        ILogger<SqliteLog> logger)
    {
        _file = new SqliteFile(options.Path, logger);
        _history = history;
        _time = time;
        _writer = new SqliteWriter(_file.OpenWriter(), bus, history, posts, metrics, time, logger);
        _ticker = time.CreateTimer(_ => _writer.Tick(), null, _tickPeriod, _tickPeriod);
    }

    public ValueTask<PublishResult[]> AppendAsync(
        PageId page,
        IReadOnlyList<UpdateDraft> drafts,
        CancellationToken cancellationToken) =>
        new(_writer.EnqueueAsync(page, drafts).WaitAsync(cancellationToken));

    public ValueTask<HistoryBlock> ReadAsync(
        PageId page,
        UpdateId after,
        int limit,
        CancellationToken cancellationToken) =>
        ValueTask.FromResult(Read(page, (reader, query) => reader.Read(query, after, limit)));

    public ValueTask<HistoryBlock> ReadBeforeAsync(
        PageId page,
        UpdateId before,
        int limit,
        CancellationToken cancellationToken) =>
        ValueTask.FromResult(Read(page, (reader, query) => reader.ReadBefore(query, before, limit)));

    public ValueTask<PageHead> HeadAsync(PageId page, CancellationToken cancellationToken) =>
        ValueTask.FromResult(Read(page, (reader, query) => reader.Head(query)));

    public ValueTask<UpdateId> PositionAtAsync(
        PageId page,
        DateTimeOffset moment,
        CancellationToken cancellationToken) =>
        ValueTask.FromResult(Read(page, (reader, query) => reader.PositionAt(query, moment)));

    public ValueTask<PagePosts> PostsAsync(PageId page, CancellationToken cancellationToken) =>
        ValueTask.FromResult(Read(page, (reader, query) => reader.Posts(query)));

    public ValueTask<IReadOnlyList<PageId>> ListAsync(
        NameRange range, int limit, CancellationToken cancellationToken) =>
        ValueTask.FromResult(Read(reader => reader.Names.List(range, limit)));

    public ValueTask<IReadOnlyList<ListedPage>> ReadAsync(
        IReadOnlyList<PageId> pages, CancellationToken cancellationToken) =>
        ValueTask.FromResult(Read(reader => reader.Names.Read(pages, _writer.Pending, _time.GetUtcNow())));

    public ValueTask<BornPages> ReadBornAsync(string? cursor, CancellationToken cancellationToken) =>
        ValueTask.FromResult(_writer.Births.Read(cursor));

    public async ValueTask CheckAsync(CancellationToken cancellationToken) =>
        await _writer.EnqueueAsync(default, []).WaitAsync(cancellationToken).ConfigureAwait(false);

    /// <summary>Completes the appends in the queue, then closes the file.</summary>
    public void Dispose()
    {
        _ticker.Dispose();
        _writer.Dispose();
        while (_readers.TryTake(out var reader))
        {
            reader.Dispose();
        }

        _file.Dispose();
    }

    // Pending updates are taken before the database is read: see PendingPages.
    private T Read<T>(PageId page, Func<SqliteReader, PageQuery, T> read)
    {
        var query = new PageQuery(page, _writer.Pending.UpdatesOf(page), _history.For(page), _time.GetUtcNow());
        return Read(reader => read(reader, query));
    }

    private T Read<T>(Func<SqliteReader, T> read)
    {
        SqliteReader? reader = null;
        try
        {
            if (!_readers.TryTake(out reader))
            {
                reader = new SqliteReader(_file.OpenReader());
            }

            var result = read(reader);
            _readers.Add(reader);
            return result;
        }
        catch (SqliteException exception)
        {
            // Not reused: its read transaction may still be open, and would keep the write-ahead log from being reset.
            reader?.Dispose();
            throw new StoreUnavailableException($"The database cannot be read: {exception.Message}", exception);
        }
    }
}
