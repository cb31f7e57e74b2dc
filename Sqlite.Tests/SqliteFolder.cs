using LiveStreams.Core;
using LiveStreams.Core.Metrics;
using LiveStreams.TestKit.Engines;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace LiveStreams.Sqlite.Tests;

/// <summary>A folder with a database file, which a test opens as the engine or reads as another program.</summary>
internal sealed class SqliteFolder : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("livestreams-");

    public string DatabasePath => Path.Combine(_folder.FullName, "data", "pages.db");

    /// <summary>The path of another file, which does not exist yet.</summary>
    public string OtherPath => Path.Combine(_folder.FullName, "other.db");

    public Engine Open(HistoryOptions history) => Open(history, DatabasePath);

    public static Engine Open(HistoryOptions history, string path)
    {
        var bus = new LocalBus();
        var time = new FakeTimeProvider();
        var posts = Engine.NewPostOptions();
        var options = new SqliteOptions { Path = path };
        var log = new SqliteLog(
            options, history, posts, bus, ServerMetrics.CreateUnread(), time, NullLogger<SqliteLog>.Instance);
        return new Engine(log, bus, time, history, posts) { Index = log };
    }

    /// <summary>Deletes the file of a closed engine, with all that belongs to it.</summary>
    public void DeleteDatabase() => Directory.Delete(Path.GetDirectoryName(DatabasePath)!, recursive: true);

    public SqliteConnection Connect(string? path = null)
    {
        var connection = new SqliteConnection($"Data Source={path ?? DatabasePath};Pooling=false");
        connection.Open();
        return connection;
    }

    /// <summary>Locks the database for writing until the result is disposed.</summary>
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

    /// <summary>Advances the clock until the writer, on its own thread, makes the query return this number.</summary>
    public async Task UntilAsync(
        Engine engine, string query, long expected, TimeSpan step, string? path = null)
    {
        for (var tries = 0; Sql(query, path) != expected; tries++)
        {
            Assert.True(tries < 1000, $"'{query}' is {Sql(query, path)} and never became {expected}.");
            engine.Time.Advance(tries == 0 ? step : TimeSpan.FromSeconds(1));
            await engine.Log.CheckAsync(TestContext.Current.CancellationToken);
        }
    }

    /// <summary>Advances the clock without an append until the journal is folded.</summary>
    public Task UntilFoldedAsync(Engine engine) =>
        UntilAsync(engine, "SELECT count(*) FROM journal", 0, TimeSpan.FromSeconds(1));

    public void Dispose() => _folder.Delete(recursive: true);
}
