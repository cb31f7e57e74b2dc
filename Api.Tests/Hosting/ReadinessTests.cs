using LiveStreams.Api.Tests.Support;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Time.Testing;

namespace LiveStreams.Api.Tests.Hosting;

/// <summary>What a question for readiness costs. Anyone may ask.</summary>
public sealed class ReadinessTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("livestreams-ready-");
    private readonly FakeTimeProvider _time = new();

    private string Database => Path.Combine(_folder.FullName, "pages.db");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Any_number_of_questions_write_to_the_store_once_a_second()
    {
        await using var api = await StartAsync();
        using var client = new ApiClient(api.Address);
        await AskAsync(client, times: 500);
        Assert.Equal(1, Sql("SELECT times FROM written"));

        _time.Advance(TimeSpan.FromSeconds(1));
        await AskAsync(client, times: 500);

        Assert.Equal(2, Sql("SELECT times FROM written"));
        Assert.Equal(1, Sql("SELECT count(*) FROM written"));
        Assert.InRange(new FileInfo($"{Database}-wal").Length, 0, 256 * 1024);
    }

    [Fact]
    public async Task A_store_that_fails_or_recovers_is_seen_after_a_second()
    {
        await using var api = await StartAsync();
        using var client = new ApiClient(api.Address);
        await AskAsync(client, times: 1);
        using (var other = Connect())
        {
            using var command = other.CreateCommand();
            command.CommandText = "BEGIN IMMEDIATE";
            command.ExecuteNonQuery();
            _time.Advance(TimeSpan.FromSeconds(1));

            Assert.False(await IsReadyAsync(client));
        }

        _time.Advance(TimeSpan.FromSeconds(1));
        await Wait.UntilAsync(
            async () =>
            {
                _time.Advance(TimeSpan.FromSeconds(1));
                return await IsReadyAsync(client);
            },
            "the store is ready again");
    }

    private Task<InProcessApi> StartAsync() => InProcessApi.StartAsync([$"--Sqlite:Path={Database}"], _time);

    private static async Task AskAsync(ApiClient client, int times)
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, times).Select(_ => IsReadyAsync(client)));
        Assert.DoesNotContain(false, answers);
    }

    private static async Task<bool> IsReadyAsync(ApiClient client)
    {
        using var response = await client.GetAsync("/health/ready");
        return response.IsSuccessStatusCode;
    }

    private long? Sql(string text)
    {
        using var connection = Connect();
        using var command = connection.CreateCommand();
        command.CommandText = text;
        return command.ExecuteScalar() as long?;
    }

    private SqliteConnection Connect()
    {
        var connection = new SqliteConnection($"Data Source={Database};Pooling=false");
        connection.Open();
        return connection;
    }
}
