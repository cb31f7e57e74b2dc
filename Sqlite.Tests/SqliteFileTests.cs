using LiveStreams.Core;
using LiveStreams.TestKit.Engines;

namespace LiveStreams.Sqlite.Tests;

/// <summary>Which database files the engine opens, upgrades and refuses.</summary>
public sealed class SqliteFileTests : OwnFileTests
{
    [Fact]
    public void A_second_process_on_the_same_file_is_refused()
    {
        var error = Assert.Throws<StoreFileException>(() => Folder.Open(new HistoryOptions()));

        Assert.Contains($"Another process uses {Folder.DatabasePath}", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_is_not_a_database_is_refused_and_not_changed()
    {
        File.WriteAllText(Folder.OtherPath, new string('x', 5000));

        Assert.Throws<StoreFileException>(() => SqliteFolder.Open(new HistoryOptions(), Folder.OtherPath));
        Assert.Equal(new string('x', 5000), File.ReadAllText(Folder.OtherPath));
    }

    [Fact]
    public void A_database_of_another_program_is_refused()
    {
        Folder.Sql("CREATE TABLE recipe (name TEXT)", Folder.OtherPath);

        var error = Assert.Throws<StoreFileException>(() => SqliteFolder.Open(new HistoryOptions(), Folder.OtherPath));

        Assert.Contains("is not a database of this version", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1, "")]
    [InlineData(2, "CREATE TABLE journal (id INTEGER PRIMARY KEY, entries BLOB NOT NULL);")]
    public async Task A_file_of_an_earlier_version_is_upgraded(int version, string journal)
    {
        Folder.Sql(
            $"""
            CREATE TABLE page (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL UNIQUE,
                epoch INTEGER NOT NULL, sequence INTEGER NOT NULL, time INTEGER NOT NULL);
            CREATE TABLE history (page INTEGER NOT NULL, sequence INTEGER NOT NULL, time INTEGER NOT NULL,
                event TEXT, data BLOB NOT NULL, PRIMARY KEY (page, sequence)) WITHOUT ROWID;
            CREATE TABLE idempotency (id INTEGER PRIMARY KEY, page INTEGER NOT NULL, key TEXT NOT NULL,
                sequence INTEGER NOT NULL, time INTEGER NOT NULL, UNIQUE (page, key));
            CREATE TABLE written (id INTEGER PRIMARY KEY, times INTEGER NOT NULL);
            INSERT INTO written VALUES (1, 0);
            INSERT INTO page VALUES (1, 'home', 7, 2, 1767225600000);
            INSERT INTO history VALUES (1, 1, 1767225600000, NULL, CAST('one' AS BLOB)),
                (1, 2, 1767225600000, 'n', CAST('two' AS BLOB));
            INSERT INTO idempotency VALUES (1, 1, 'k', 2, 1767225600000);
            {journal}
            PRAGMA user_version = {version};
            """,
            Folder.OtherPath);
        Engine.Dispose();
        Engine = SqliteFolder.Open(new HistoryOptions(), Folder.OtherPath);

        var again = await Log.AppendAsync(Home, Drafts.Text("two", key: "k"));
        Assert.Equal(PublishResult.Repeated(new UpdateId(7, 2)), again);
        Assert.Equal(new UpdateId(7, 3), (await Log.AppendAsync(Home, Drafts.Text("three"))).Id);
        var updates = await Log.ReadAllAsync(Home, UpdateId.None);
        Assert.Equal(["one", "two", "three"], updates.Select(update => update.Text()));
        await Log.AppendAsync(Home, Drafts.Posts(["a=1"]));
        Assert.Equal(["a=1"], await Log.PostsOfAsync(Home));
    }

    [Fact]
    public void A_file_of_a_later_version_is_refused()
    {
        Folder.Sql("PRAGMA user_version = 5", Folder.OtherPath);

        Assert.Throws<StoreFileException>(() => SqliteFolder.Open(new HistoryOptions(), Folder.OtherPath));
    }
}
