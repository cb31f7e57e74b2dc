using LiveStreams.Core;
using LiveStreams.Core.Listing;
using LiveStreams.Core.Metrics;
using LiveStreams.Core.Posts;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;

namespace LiveStreams.Sqlite;

/// <summary>
/// The only writer of the file, on its own thread. It takes everything in the queue into one transaction, and that into
/// one row of the journal, so that many pages share one flush to the disk and few pages of the file:
/// <code>
/// AppendAsync ─┐                                               ┌─▶ pending, for readers
/// AppendAsync ─┼─▶ queue ─▶ BEGIN · one journal row · COMMIT ──┼─▶ announce, in order
/// AppendAsync ─┘               then a maintenance step         └─▶ complete each request
/// </code>
/// </summary>
internal sealed class SqliteWriter : IDisposable
{
    private readonly FileConnection _connection;
    private readonly SqliteTransactions _transactions;
    private readonly Statement _check;
    private readonly LocalBus _bus;
    private readonly PageStateCache _pages;
    private readonly DraftAppender _appender;
    private readonly JournalTable _journal;
    private readonly JournalFold _fold;
    private readonly BatchWriter _batchWriter;
    private readonly Maintenance _maintenance;
    private readonly JournalBatch _batch = new();
    private readonly WriteQueue _queue = new();
    private readonly Thread _thread;

    public SqliteWriter(
        FileConnection connection,
        LocalBus bus,
        HistoryOptions limits,
        PostOptions postLimits,
        ServerMetrics metrics,
        TimeProvider time,
        ILogger logger)
    {
        _connection = connection;
        _transactions = new SqliteTransactions(connection, logger);
        _check = connection.Prepare("UPDATE written SET times = times + 1");
        _bus = bus;
        var posts = new PostTable(connection);
        _pages = new PageStateCache(connection, Pending, posts);
        _appender = new DraftAppender(connection, _pages, Pending, postLimits, time);
        _journal = new JournalTable(connection);
        var history = new HistoryTable(connection);
        var pageFold = new PageFold(connection, history, posts, limits);
        _fold = new JournalFold(_transactions, _journal, Pending, pageFold, metrics, time);
        var times = new PageTimes(connection);
        _batchWriter = new BatchWriter(_journal, Pending, _fold, pageFold, times);
        var trimmer = new SqliteTrimmer(connection, history, posts, times, _pages, Pending, limits, time);
        _maintenance = new Maintenance(_transactions, _fold, trimmer);
        Recover();
        _thread = new Thread(Run) { IsBackground = true, Name = "sqlite writer" };
        _thread.Start();
    }

    /// <summary>The committed updates that are not yet in the tables. Readers need them too.</summary>
    public PendingPages Pending { get; } = new();

    /// <summary>The pages that began since the process started.</summary>
    public BirthList Births { get; } = new();

    /// <summary>Queues an append. Without drafts it only checks that the file can be written.</summary>
    /// <exception cref="StoreUnavailableException">The queue is full or closed.</exception>
    public Task<PublishResult[]> EnqueueAsync(PageId page, IReadOnlyList<UpdateDraft> drafts)
    {
        var request = new WriteRequest(page, drafts);
        _queue.Add(request);
        return request.Task;
    }

    /// <summary>Called once a second: wakes the writer for the maintenance that is due.</summary>
    public void Tick() => _queue.Tick();

    /// <summary>Completes the appends in the queue, then closes the file.</summary>
    public void Dispose()
    {
        _queue.Close();
        _thread.Join();
        _batch.Dispose();
        _connection.Dispose();
    }

    // Folds what the last process left in the journal. If the file cannot be written now, that is folded later.
    private void Recover()
    {
        if (_journal.NewestId == 0)
        {
            return;
        }

        foreach (var row in _journal.ReadAll())
        {
            var entries = JournalRow.Read(row, _pages.Find).Where(entry => entry.Page.TryApply(entry.Update)).ToList();
            Pending.Add(entries);
            _fold.OnAppended(entries.Sum(entry => entry.Bytes));
        }

        _maintenance.FoldAll();
    }

    private void Run()
    {
        while (_queue.TryTakeAll(wait: !_maintenance.IsDue, out var requests, out var ticked))
        {
            if (ticked)
            {
                _maintenance.OnTick();
            }

            if (requests.Count == 0 || Write(requests))
            {
                _maintenance.RunStep();
            }
        }
    }

    // False if nothing was written.
    private bool Write(IReadOnlyList<WriteRequest> requests)
    {
        _pages.ClearIfFull();
        try
        {
            while (_fold.IsFull)
            {
                _fold.RunStep();
            }

            _transactions.Run(() => Append(requests));
            Complete(requests);
            return true;
        }
        catch (SqliteException exception)
        {
            _pages.Clear();
            var error = $"The database could not be written: {exception.Message}";
            var unavailable = new StoreUnavailableException(error, exception)
            {
                OutcomeUnknown = _transactions.FailedInCommit,
            };
            ThreadPoolSlices.Queue([.. requests], request => request.SetException(unavailable));
            return false;
        }
        finally
        {
            _batch.Clear();
        }
    }

    private void Append(IReadOnlyList<WriteRequest> requests)
    {
        foreach (var request in requests)
        {
            if (request.Drafts.Count == 0)
            {
                _check.Execute();
            }
            else
            {
                request.Results = _appender.Append(request, _batch);
            }
        }

        if (_batch.Entries.Count > 0)
        {
            _batchWriter.Write(_batch);
        }
    }

    private void Complete(IReadOnlyList<WriteRequest> requests)
    {
        if (_batch.Entries.Count > 0)
        {
            _batchWriter.MakeVisible(_batch);
            _maintenance.OnAppended();
        }

        foreach (var page in _batch.Born)
        {
            Births.Add(page);
        }

        foreach (var entry in _batch.Entries)
        {
            _bus.Announce(entry.Page.Id, entry.Update);
        }

        ThreadPoolSlices.Queue([.. requests], static request => request.SetResult(request.Results));
    }
}
