using System.Net;
using LiveStreams.Api.Tests.Support;
using Microsoft.Data.Sqlite;

namespace LiveStreams.Api.Tests.Hosting;

public sealed class StartupTests
{
    [Fact]
    public async Task The_server_prints_its_address_its_data_file_and_commands_to_try()
    {
        // As many streams as any machine has room for, so that no warning comes first.
        using var process = await ServerProcess.StartAsync("--Limits:MaxSubscribers=500");
        using var client = new ApiClient(process.Address);
        Assert.NotEmpty(await client.PublishAsync("home", "x"));

        Assert.True(File.Exists(Path.Combine(process.Folder, "data", "livestreams.db")));
        Assert.Matches(
            $"""
            ^LiveStreams listens on http://127\.0\.0\.1:[0-9]+
            Data: .*/data/livestreams\.db
            Watch a page:   curl -N http://127\.0\.0\.1:[0-9]+/pages/home/events
            Publish to it:  curl -d 'Is this thing on\?' http://127\.0\.0\.1:[0-9]+/pages/home/updates$
            """,
            process.Output);
    }

    [Theory]
    [InlineData("--Store=mongo", "Store must be 'sqlite', 'redis' or 'memory', not 'mongo'.")]
    [InlineData("--Pages=cloud", "Pages must be 'local' or 'orleans', not 'cloud'.")]
    [InlineData("--History:MaxUpdates=0", "History:MaxUpdates: ")]
    [InlineData("--History:MaxUpdates=many", "History:MaxUpdates")]
    [InlineData("--History:MaxAge=01:00:00:00:00", "History:MaxAge")]
    [InlineData("--History:MaxUpdate=5", "History:MaxUpdate is not a setting; History has MaxUpdates, MaxAge, Pages.")]
    [InlineData("--History:Pages:0:Pattern=a*b", "History:Pages")]
    [InlineData("--Limits:MaxUpdateBytes=-1", "Limits:MaxUpdateBytes: ")]
    [InlineData("--Limits:MaxUpdateBytes=many", "Limits:MaxUpdateBytes")]
    [InlineData("--Subscribers:Heartbeat=0", "Subscribers:Heartbeat: ")]
    [InlineData("--Subscribers:StallTimeout=00:05:00", "Subscribers:MaxStall: ")]
    [InlineData("--Limits:MaxUnsentBytes=1000", "Limits:MaxUnsentBytes: ")]
    [InlineData("--Cors:Origins=example.org", "Cors:Origins has 'example.org'")]
    [InlineData("--Cors:Origins=*", "Cors:Origins has '*'")]
    [InlineData("--Sqlite:Path=/dev/null/x.db", "/dev/null/x.db")]
    [InlineData("--urls=nonsense", "nonsense")]
    public async Task An_invalid_setting_stops_the_start_with_one_sentence_that_names_it(
        string setting, string expected)
    {
        var (exitCode, output) = await InProcessApi.FailAsync(setting);

        Assert.Equal(1, exitCode);
        Assert.Contains(expected, Assert.Single(output.Split('\n')), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(
        "--History:Pages:0:MaxUpdate=5",
        "History:Pages:0:MaxUpdate is not a setting; History:Pages:0 has Pattern, MaxUpdates, MaxAge.")]
    [InlineData(
        "--History:Pages:0:Pattern:Prefix=news",
        "History:Pages:0:Pattern:Prefix is not a setting; History:Pages:0:Pattern is a value.")]
    [InlineData(
        "--History:Pages:0:MaxUpdates=many",
        "Failed to convert configuration value 'many' at 'History:Pages:0:MaxUpdates' to type")]
    public async Task An_invalid_setting_inside_a_list_stops_the_start(string setting, string expected)
    {
        var (exitCode, output) = await InProcessApi.FailAsync("--History:Pages:0:Pattern=news:*", setting);

        Assert.Equal(1, exitCode);
        Assert.StartsWith(expected, Assert.Single(output.Split('\n')), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_second_process_on_the_same_file_exits_with_an_error_and_the_first_continues()
    {
        using var process = await ServerProcess.StartAsync();
        using var client = new ApiClient(process.Address);

        var (exitCode, output) = await process.FailBesideAsync();

        Assert.Equal(1, exitCode);
        Assert.Contains("Another process uses", Assert.Single(output.Split('\n')), StringComparison.Ordinal);
        Assert.NotEmpty(await client.PublishAsync("home", "still here"));
    }

    [Fact]
    public async Task A_port_in_use_stops_the_start_with_one_sentence()
    {
        using var process = await ServerProcess.StartAsync();

        var (exitCode, output) = await ServerProcess.FailAsync($"--urls={process.Address}");

        Assert.Equal(1, exitCode);
        Assert.Contains("address already in use", Assert.Single(output.Split('\n')), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_started_server_is_live_and_ready()
    {
        using var process = await ServerProcess.StartAsync();
        using var client = new ApiClient(process.Address);
        foreach (var path in new[] { "/health/live", "/health/ready" })
        {
            using var response = await client.GetAsync(path);
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        }
    }

    [Fact]
    public async Task A_server_whose_store_is_locked_is_not_ready_and_asks_publishers_to_retry()
    {
        using var process = await ServerProcess.StartAsync();
        using var client = new ApiClient(process.Address);
        await using var stream = await client.SubscribeAsync("home");
        await client.PublishAsync("home", "before");
        using (var other = new SqliteConnection($"Data Source={process.Folder}/data/livestreams.db;Pooling=false"))
        {
            other.Open();
            using var command = other.CreateCommand();
            command.CommandText = "BEGIN IMMEDIATE";
            command.ExecuteNonQuery();

            var start = TimeProvider.System.GetTimestamp();
            using var refused = await client.PostAsync("home", "refused");
            Assert.InRange(TimeProvider.System.GetElapsedTime(start).TotalSeconds, 0, 2);
            Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
            Assert.NotNull(refused.Headers.RetryAfter);
            Assert.Contains(
                "store-unavailable",
                await refused.Content.ReadAsStringAsync(TestContext.Current.CancellationToken),
                StringComparison.Ordinal);
            using var ready = await client.GetAsync("/health/ready");
            Assert.Equal(HttpStatusCode.ServiceUnavailable, ready.StatusCode);
        }

        await client.PublishAsync("home", "after");
        Assert.Equal(["before", "after"], await stream.NextDataAsync(2));
    }
}
