using LiveStreams.Core;
using LiveStreams.TestKit.Engines;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace LiveStreams.Sqlite.Tests;

/// <summary>A folder with a database file, which a test opens as the engine does, and looks into as another program would.</summary>
internal sealed class SqliteFolder : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("livestreams-");

    public string DatabasePath => Path.Combine(_folder.FullName, "data", "pages.db");

    /// <summary>Another file, which is not there yet.</summary>
    public string OtherPath => Path.Combine(_folder.FullName, "other.db");

    public Engine Open(HistoryOptions history) => Open(history, DatabasePath);

    public static Engine Open(HistoryOptions history, string path)
    {
        var bus = new LocalBus();
        var time = new FakeTimeProvider();
        var posts = Engine.NewPostOptions();
        return new Engine(new SqliteLog(new SqliteOptions { Path = path }, history, posts, bus, time, NullLogger<SqliteLog>.Instance), bus, time, history, posts);
    }

    public SqliteConnection Connect(string? path = null)
    {
        var connection = new SqliteConnection($"Data Source={path ?? DatabasePath};Pooling=false");
        connection.Open();
        return connection;
    }

    /// <summary>Keeps the writer out until the result is disposed.</summary>
    public SqliteConnection Lock()
    {
        var connection = Connect();
        using var command = connection.CreateCommand();
        command.CommandText = "BEGIN IMMEDIATE";
        command.ExecuteNonQuery();
        return connection;
    }

    public long? Sql(string text, string? path = null)
    {
        using var connection = Connect(path);
        using var command = connection.CreateCommand();
        command.CommandText = text;
        return command.ExecuteScalar() as long?;
    }

    /// <summary>Moves the clock on until the writer, which works on a thread of its own, has made a query's answer what is expected.</summary>
    public async Task UntilAsync(Engine engine, string query, long expected, TimeSpan step)
    {
        for (var tries = 0; Sql(query) != expected; tries++)
        {
            Assert.True(tries < 1000, $"'{query}' is {Sql(query)} and never became {expected}.");
            engine.Time.Advance(tries == 0 ? step : TimeSpan.FromSeconds(1));
            await engine.Log.CheckAsync(TestContext.Current.CancellationToken);
        }
    }

    /// <summary>Lets seconds go by without an append until the journal is folded.</summary>
    public Task UntilFoldedAsync(Engine engine) => UntilAsync(engine, "SELECT count(*) FROM journal", 0, TimeSpan.FromSeconds(1));

    public void Dispose() => _folder.Delete(recursive: true);
}
