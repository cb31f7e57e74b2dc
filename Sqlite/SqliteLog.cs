using System.Collections.Concurrent;
using LiveStreams.Core;
using LiveStreams.Core.Posts;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;

namespace LiveStreams.Sqlite;

/// <summary>
/// The durable engine of one process: a SQLite file in WAL mode. Appends go through one writer (<see cref="SqliteWriter"/>) and are
/// answered after their commit is on the disk; reads run beside it, each on a connection of its own, and block their thread
/// for the microseconds that SQLite takes.
/// </summary>
public sealed class SqliteLog : IPageLog, IDisposable
{
    private static readonly TimeSpan _tickPeriod = TimeSpan.FromSeconds(1);

    private readonly SqliteFile _file;
    private readonly SqliteWriter _writer;
    private readonly ConcurrentBag<SqliteReader> _readers = [];
    private readonly HistoryOptions _history;
    private readonly TimeProvider _time;
    private readonly ITimer _ticking;

    /// <exception cref="StoreFileException">The file cannot be used.</exception>
    public SqliteLog(SqliteOptions options, HistoryOptions history, PostOptions posts, LocalBus bus, TimeProvider time, ILogger<SqliteLog> logger)
    {
        _file = new SqliteFile(options.Path);
        _history = history;
        _time = time;
        _writer = new SqliteWriter(_file.OpenWriter(), bus, history, posts, time, logger);
        _ticking = time.CreateTimer(_ => _writer.Tick(), null, _tickPeriod, _tickPeriod);
    }

    public ValueTask<PublishResult[]> AppendAsync(PageId page, IReadOnlyList<UpdateDraft> drafts, CancellationToken cancellationToken) =>
        new(_writer.EnqueueAsync(page, drafts).WaitAsync(cancellationToken));

    public ValueTask<HistoryBlock> ReadAsync(PageId page, UpdateId after, int limit, CancellationToken cancellationToken) =>
        ValueTask.FromResult(Read(page, (reader, pending) => reader.Read(page, pending, after, limit, _history.For(page), _time.GetUtcNow())));

    public ValueTask<PageHead> HeadAsync(PageId page, CancellationToken cancellationToken) =>
        ValueTask.FromResult(Read(page, (reader, pending) => reader.Head(page, pending, _history.For(page), _time.GetUtcNow())));

    public ValueTask<PagePosts> PostsAsync(PageId page, CancellationToken cancellationToken) =>
        ValueTask.FromResult(Read(page, (reader, pending) => reader.Posts(page, pending, _history.For(page), _time.GetUtcNow())));

    public async ValueTask CheckAsync(CancellationToken cancellationToken) =>
        await _writer.EnqueueAsync(default, []).WaitAsync(cancellationToken).ConfigureAwait(false);

    /// <summary>Answers what is in line, then closes the file.</summary>
    public void Dispose()
    {
        _ticking.Dispose();
        _writer.Dispose();
        while (_readers.TryTake(out var reader))
        {
            reader.Dispose();
        }

        _file.Dispose();
    }

    // What is pending is taken before the database is read: see Pending.
    private T Read<T>(PageId page, Func<SqliteReader, ReadOnlyMemory<PendingUpdate>, T> read)
    {
        var pending = _writer.Pending.UpdatesOf(page);
        SqliteReader? reader = null;
        try
        {
            if (!_readers.TryTake(out reader))
            {
                reader = new SqliteReader(_file.OpenReader());
            }

            var result = read(reader, pending);
            _readers.Add(reader);
            return result;
        }
        catch (SqliteException exception)
        {
            // Not used again: its read transaction may still be open, and would hold the write-ahead log.
            reader?.Dispose();
            throw new StoreUnavailableException($"The database cannot be read: {exception.Message}", exception);
        }
    }
}
