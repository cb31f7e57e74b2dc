using LiveStreams.Core;
using LiveStreams.TestKit.Engines;

namespace LiveStreams.Sqlite.Tests;

/// <summary>The base of tests that each have their own database file, and may do anything with it.</summary>
public abstract class OwnFileTests : IDisposable
{
    private protected const string RowsInJournal = "SELECT count(*) FROM journal";
    private protected const string RowsInHistory = "SELECT count(*) FROM history";

    private protected static readonly PageId Home = PageId.Parse("home");
    private protected static readonly PageId Other = PageId.Parse("other/page ✓");

    private protected OwnFileTests() => Engine = Folder.Open(new HistoryOptions());

    private protected static CancellationToken Ct => TestContext.Current.CancellationToken;

    private protected SqliteFolder Folder { get; } = new();

    private protected Engine Engine { get; set; }

    private protected IPageLog Log => Engine.Log;

    public void Dispose()
    {
        Engine.Dispose();
        Folder.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>Closes the engine and opens it again on the same file.</summary>
    private protected void Reopen()
    {
        Engine.Dispose();
        Engine = Folder.Open(Engine.History);
    }
}
