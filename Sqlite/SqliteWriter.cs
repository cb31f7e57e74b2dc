using LiveStreams.Core;
using LiveStreams.Core.Posts;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;

namespace LiveStreams.Sqlite;

/// <summary>
/// The one writer of the file, on a thread of its own. It takes everything in line into one transaction, and that into one row of
/// the journal, so that many pages share one flush to the disk and few pages of the file:
/// <code>
/// AppendAsync ──┐                                                   ┌─▶ pending: what readers find beside history
/// AppendAsync ──┼─▶ line ─▶ BEGIN · one row in the journal · COMMIT ┼─▶ announce on the bus, in order
/// AppendAsync ──┘                 then a step of upkeep             └─▶ answer each
/// </code>
/// </summary>
internal sealed class SqliteWriter : IDisposable
{
    private readonly FileConnection _connection;
    private readonly SqliteTransactions _transactions;
    private readonly Statement _check;
    private readonly LocalBus _bus;
    private readonly SqlitePages _pages;
    private readonly Journal _journal;
    private readonly JournalFold _fold;
    private readonly BatchWriter _batchWriter;
    private readonly Upkeep _upkeep;
    private readonly JournalBatch _batch = new();
    private readonly WriteQueue _line = new();
    private readonly Thread _thread;

    public SqliteWriter(FileConnection connection, LocalBus bus, HistoryOptions limits, PostOptions postLimits, TimeProvider time, ILogger logger)
    {
        _connection = connection;
        _transactions = new SqliteTransactions(connection, logger);
        _check = connection.Prepare("UPDATE written SET times = times + 1");
        _bus = bus;
        var posts = new PostTable(connection);
        _pages = new SqlitePages(connection, Pending, posts, postLimits, time);
        _journal = new Journal(connection);
        var history = new HistoryTable(connection);
        var pageFold = new PageFold(connection, history, posts, limits);
        _fold = new JournalFold(_transactions, _journal, Pending, pageFold);
        _batchWriter = new BatchWriter(_journal, Pending, _fold, pageFold);
        _upkeep = new Upkeep(_transactions, _fold, new SqliteTrimmer(connection, history, posts, _pages, Pending, limits, time));
        Recover();
        _thread = new Thread(Run) { IsBackground = true, Name = "sqlite writer" };
        _thread.Start();
    }

    /// <summary>What readers find here and not yet in the tables.</summary>
    public Pending Pending { get; } = new();

    /// <summary>Puts an append in line; with no drafts it only shows that the file can be written.</summary>
    /// <exception cref="StoreUnavailableException">The line is full, or closed.</exception>
    public Task<PublishResult[]> EnqueueAsync(PageId page, IReadOnlyList<UpdateDraft> drafts)
    {
        var request = new WriteRequest(page, drafts);
        _line.Add(request);
        return request.Task;
    }

    /// <summary>Once a second: lets the writer see what upkeep is due.</summary>
    public void Tick() => _line.Tick();

    /// <summary>Finishes what is in line, then closes the file.</summary>
    public void Dispose()
    {
        _line.Close();
        _thread.Join();
        _batch.Dispose();
        _connection.Dispose();
    }

    // Folds what the last process has left. If the file does not take that now, it is pending as it was, and folded later.
    private void Recover()
    {
        if (_journal.Newest == 0)
        {
            return;
        }

        foreach (var row in _journal.ReadAll())
        {
            var entries = JournalRow.Read(row, _pages.Find).Where(entry => entry.Page.TryTake(entry.Update)).ToList();
            Pending.Add(entries);
            _fold.Appended(entries.Sum(entry => entry.Weight));
        }

        _upkeep.FoldAll();
    }

    private void Run()
    {
        while (_line.Take(wait: !_upkeep.IsDue, out var requests, out var ticked))
        {
            if (ticked)
            {
                _upkeep.Tick();
            }

            if (requests.Count == 0 || Write(requests))
            {
                _upkeep.Step();
            }
        }
    }

    // False when the file took nothing of it.
    private bool Write(IReadOnlyList<WriteRequest> requests)
    {
        _pages.ForgetSome();
        try
        {
            while (_fold.IsFull)
            {
                _fold.Step();
            }

            _transactions.Run(() => Append(requests));
            Publish(requests);
            return true;
        }
        catch (SqliteException exception)
        {
            _pages.ForgetAll();
            var unavailable = new StoreUnavailableException($"The database did not take the update: {exception.Message}", exception)
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
                request.Answers = _pages.Append(request.Page, request.Drafts, _batch);
            }
        }

        if (_batch.Entries.Count > 0)
        {
            _batchWriter.Write(_batch);
        }
    }

    private void Publish(IReadOnlyList<WriteRequest> requests)
    {
        if (_batch.Entries.Count > 0)
        {
            _batchWriter.Show(_batch);
            _upkeep.Appended();
        }

        foreach (var entry in _batch.Entries)
        {
            _bus.Announce(entry.Page.Id, entry.Update);
        }

        ThreadPoolSlices.Queue([.. requests], static request => request.SetResult(request.Answers));
    }
}
