using LiveStreams.Core;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;

namespace LiveStreams.Sqlite;

/// <summary>
/// The one writer of the file, on a thread of its own. It takes everything in line into one transaction, so that many pages share
/// one flush to the disk:
/// <code>
/// AppendAsync ──┐                                        ┌─▶ announce on the bus, in order
/// AppendAsync ──┼─▶ line ─▶ BEGIN · appends · COMMIT ────┤
/// trimming    ──┘                                        └─▶ answer each
/// </code>
/// </summary>
internal sealed class SqliteWriter : IDisposable
{
    /// <summary>The most appends in line; the next is refused. Each page has at most one, so this many pages can publish at once.</summary>
    private const int MaxInLine = 10_000;

    /// <summary>The most bytes of data in line.</summary>
    private const long MaxBytesInLine = 64 * 1024 * 1024;

    private readonly FileConnection _connection;
    private readonly SqliteTransactions _transactions;
    private readonly Statement _check;
    private readonly LocalBus _bus;
    private readonly SqlitePages _pages;
    private readonly SqliteTrimmer _trimmer;
    private readonly Thread _thread;
    private readonly object _gate = new();
    private List<WriteRequest> _line = [];
    private long _bytesInLine;
    private bool _trimDue;
    private bool _stopping;

    public SqliteWriter(FileConnection connection, LocalBus bus, HistoryOptions history, TimeProvider time, ILogger logger)
    {
        _connection = connection;
        _transactions = new SqliteTransactions(connection, logger);
        _check = connection.Prepare("UPDATE written SET times = times + 1");
        _bus = bus;
        _pages = new SqlitePages(connection, time);
        _trimmer = new SqliteTrimmer(connection, _pages, history, time);
        _thread = new Thread(Run) { IsBackground = true, Name = "sqlite writer" };
        _thread.Start();
    }

    /// <summary>Puts an append in line; with no drafts it only shows that the file can be written.</summary>
    public Task<Published[]> EnqueueAsync(PageId page, IReadOnlyList<UpdateDraft> drafts)
    {
        var request = new WriteRequest(page, drafts);
        lock (_gate)
        {
            if (_stopping || _line.Count >= MaxInLine || _bytesInLine + request.Bytes > MaxBytesInLine)
            {
                throw new StoreUnavailableException(_stopping ? "The store is closed." : "Too many updates wait for the disk.");
            }

            _line.Add(request);
            _bytesInLine += request.Bytes;
            Monitor.Pulse(_gate);
        }

        return request.Task;
    }

    /// <summary>Asks for what is over the limits of history to be removed, in steps between appends.</summary>
    public void RequestTrim()
    {
        lock (_gate)
        {
            _trimDue = true;
            Monitor.Pulse(_gate);
        }
    }

    /// <summary>Finishes what is in line, then closes the file.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _stopping = true;
            Monitor.Pulse(_gate);
        }

        _thread.Join();
        _connection.Dispose();
    }

    private void Run()
    {
        while (NextWork(out var requests, out var trim))
        {
            var canWrite = requests.Count == 0 || Write(requests);
            if (trim && canWrite && Trim())
            {
                RequestTrim();
            }
        }
    }

    private bool NextWork(out List<WriteRequest> requests, out bool trim)
    {
        lock (_gate)
        {
            while (_line.Count == 0 && !_trimDue && !_stopping)
            {
                Monitor.Wait(_gate);
            }

            (requests, _line) = (_line, new List<WriteRequest>(_line.Count));
            _bytesInLine = 0;
            (trim, _trimDue) = (_trimDue && !_stopping, false);
            return requests.Count > 0 || !_stopping;
        }
    }

    // False when the file took nothing of it.
    private bool Write(List<WriteRequest> requests)
    {
        var announcements = new List<(PageId Page, Update Update)>(requests.Count);
        try
        {
            InTransaction(() =>
            {
                foreach (var request in requests)
                {
                    if (request.Drafts.Count == 0)
                    {
                        _check.Execute();
                    }
                    else
                    {
                        request.Answers = _pages.Append(request.Page, request.Drafts, announcements);
                    }
                }
            });
        }
        catch (SqliteException fault)
        {
            foreach (var request in requests)
            {
                request.SetException(new StoreUnavailableException($"The database did not take the update: {fault.Message}", fault)
                {
                    OutcomeUnknown = _transactions.FailedInCommit,
                });
            }

            return false;
        }

        foreach (var (page, update) in announcements)
        {
            _bus.Announce(page, update);
        }

        foreach (var request in requests)
        {
            request.SetResult(request.Answers);
        }

        return true;
    }

    // True when there is more to trim. What cannot be trimmed now (a full disk, say) is tried again when it is next asked for.
    private bool Trim()
    {
        try
        {
            var more = false;
            InTransaction(() => more = _trimmer.TrimSome());
            return more;
        }
        catch (SqliteException)
        {
            return false;
        }
    }

    private void InTransaction(Action work)
    {
        try
        {
            _transactions.Run(work);
        }
        catch (SqliteException)
        {
            // What was remembered of the pages may be of the transaction that never was.
            _pages.ForgetAll();
            throw;
        }
    }
}
