using System.Text;
using LiveStreams.Core;
using LiveStreams.TestKit.Engines;

namespace LiveStreams.Sqlite.Tests;

/// <summary>What the file keeps of idempotency keys, and what it has kept in earlier versions.</summary>
public sealed class SqliteKeyTests : OwnFileTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_key_survives_a_restart_with_its_scope_and_the_digest_of_its_draft(bool folded)
    {
        var first = await Log.AppendAsync(Home, Drafts.Text("a", key: "k", scope: "x"));
        if (folded)
        {
            await Folder.UntilFoldedAsync(Engine);
        }

        Reopen();

        await AssertUsedAsync(first.Id, "a");
        await Folder.UntilFoldedAsync(Engine);
        await AssertUsedAsync(first.Id, "a");
        Assert.False((await Log.AppendAsync(Home, Drafts.Text("a", key: "k", scope: "y"))).IsRepeat);
        Assert.False((await Log.AppendAsync(Home, Drafts.Text("a", key: "k"))).IsRepeat);
    }

    [Fact]
    public async Task A_key_of_a_large_update_is_stored_with_the_digest_of_its_draft()
    {
        var large = new string('x', 10_000);
        var first = await Log.AppendAsync(Home, Drafts.Text(large, key: "k", scope: "x"));

        Assert.Equal(1, Folder.Sql("SELECT count(*) FROM idempotency WHERE length(digest) = 16"));
        await AssertUsedAsync(first.Id, large);
    }

    [Fact]
    public async Task Keys_of_a_file_of_version_3_fit_every_publisher_and_every_draft()
    {
        Open(FileOfVersion3);

        (string Key, UpdateId First)[] keys = [("k", Id(2)), ("j", Id(3)), ("live", UpdateId.None)];
        foreach (var scope in new[] { null, "x" })
        {
            foreach (var (key, first) in keys)
            {
                var again = await Log.AppendAsync(Home, Drafts.Text("another draft", key: key, scope: scope));
                Assert.Equal((key, scope, PublishResult.Repeated(first)), (key, scope, again));
            }
        }

        await Folder.UntilAsync(
            Engine, "SELECT count(*) FROM journal", 0, TimeSpan.FromSeconds(1), Folder.OtherPath);
        Engine.Dispose();
        Engine = SqliteFolder.Open(new HistoryOptions(), Folder.OtherPath);
        Assert.True((await Log.AppendAsync(Home, Drafts.Text("again", key: "j", scope: "x"))).IsRepeat);
        Assert.Equal(
            ["one", "two", "three"], (await Log.ReadAllAsync(Home, UpdateId.None)).Select(update => update.Text()));

        static UpdateId Id(long sequence) => new(7, sequence);
    }

    [Fact]
    public async Task A_key_without_a_publisher_is_not_taken_for_one_of_an_earlier_version()
    {
        await Log.AppendAsync(Home, Drafts.Text("a", key: "k"));
        Assert.False((await Log.AppendAsync(Home, Drafts.Text("a", key: "k", scope: "x"))).IsRepeat);

        await Folder.UntilFoldedAsync(Engine);
        Reopen();

        Assert.False((await Log.AppendAsync(Home, Drafts.Text("a", key: "k", scope: "y"))).IsRepeat);
    }

    // A page with two updates in history, one of them with a key, and one row of the journal, with two more keys.
    private static string FileOfVersion3 =>
        $"""
        CREATE TABLE page (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL UNIQUE, epoch INTEGER NOT NULL,
            sequence INTEGER NOT NULL, time INTEGER NOT NULL, ended INTEGER NOT NULL DEFAULT 0);
        CREATE TABLE history (page INTEGER NOT NULL, sequence INTEGER NOT NULL, time INTEGER NOT NULL,
            event TEXT, data BLOB NOT NULL, PRIMARY KEY (page, sequence)) WITHOUT ROWID;
        CREATE TABLE idempotency (id INTEGER PRIMARY KEY, page INTEGER NOT NULL, key TEXT NOT NULL,
            sequence INTEGER NOT NULL, time INTEGER NOT NULL, UNIQUE (page, key));
        CREATE TABLE written (id INTEGER PRIMARY KEY, times INTEGER NOT NULL);
        CREATE TABLE journal (id INTEGER PRIMARY KEY, entries BLOB NOT NULL);
        CREATE TABLE post (id INTEGER PRIMARY KEY, page INTEGER NOT NULL, post TEXT NOT NULL, place INTEGER NOT NULL,
            show INTEGER NOT NULL, content BLOB NOT NULL, UNIQUE (page, post));
        INSERT INTO written VALUES (1, 0);
        INSERT INTO page VALUES (1, 'home', 7, 2, 1767225600000, 0);
        INSERT INTO history VALUES (1, 1, 1767225600000, NULL, CAST('one' AS BLOB)),
            (1, 2, 1767225600000, 'n', CAST('two' AS BLOB));
        INSERT INTO idempotency VALUES (1, 1, 'k', 2, 1767225600000);
        INSERT INTO journal VALUES (1, X'{Convert.ToHexString(JournalRowOfVersion3())}');
        PRAGMA user_version = 3;
        """;

    private static byte[] JournalRowOfVersion3()
    {
        const long Time = 1767225600000;
        const byte HasKey = 2;
        using var bytes = new MemoryStream();
        using var row = new BinaryWriter(bytes, Encoding.UTF8);
        WriteStart(3, "j");
        row.Write7BitEncodedInt("three".Length);
        row.Write("three"u8);
        WriteStart(0, "live");
        return bytes.ToArray();

        void WriteStart(long sequence, string key)
        {
            row.Write7BitEncodedInt64(1);
            row.Write7BitEncodedInt64(sequence);
            row.Write7BitEncodedInt64(Time);
            row.Write(HasKey);
            row.Write(key);
            row.Write7BitEncodedInt64(Time);
        }
    }

    private void Open(string tables)
    {
        Folder.Sql(tables, Folder.OtherPath);
        Engine.Dispose();
        Engine = SqliteFolder.Open(new HistoryOptions(), Folder.OtherPath);
    }

    private async Task AssertUsedAsync(UpdateId first, string data)
    {
        Assert.Equal(
            PublishResult.Repeated(first), await Log.AppendAsync(Home, Drafts.Text(data, key: "k", scope: "x")));
        Assert.Equal(
            PublishResult.KeyReused, await Log.AppendAsync(Home, Drafts.Text("other", key: "k", scope: "x")));
    }
}
