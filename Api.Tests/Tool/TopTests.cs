using LiveStreams.Api.Status;
using LiveStreams.Api.Tests.Support;
using LiveStreams.Api.Tool.Top;

namespace LiveStreams.Api.Tests.Tool;

/// <summary><c>livestreams top</c>: <c>GET /status</c> for a terminal.</summary>
public sealed class TopTests
{
    [Fact]
    public async Task Top_prints_what_a_server_does_and_its_busiest_pages_first()
    {
        using var api = await ServerProcess.StartAsync("--Store=memory");
        using var client = new ApiClient(api.Address);
        await using var one = await client.SubscribeAsync("quiet");
        await using var two = await client.SubscribeAsync("busy");
        await using var three = await client.SubscribeAsync("busy");
        await client.PublishAsync("busy", "x");

        var (exitCode, output, error) = await ToolProcess.RunAsync(api.Address, "top");

        Assert.Equal((0, ""), (exitCode, error));
        var lines = output.Split('\n');
        Assert.Matches(@"^livestreams 0\.1\.0 on .+ \(process \d+\): ready, up \d+ s$", lines[0]);
        Assert.Contains("streams  3 open of at most 100,000, 3 opened, 2 pages watched", lines);
        Assert.Contains("updates             1", lines);
        Assert.Equal(
            ["  STREAMS  PAGE", "        2  busy", "        1  quiet"],
            lines.SkipWhile(line => !line.Contains("STREAMS", StringComparison.Ordinal)).Take(3));
    }

    [Fact]
    public async Task Top_says_where_the_status_is_if_it_is_not_here()
    {
        using var api = await ServerProcess.StartAsync(
            "--urls=http://0.0.0.0:0", "--Auth:Keys:0:Secret=01234567890123456789012345678901", "--Store=memory");
        var server = new UriBuilder(api.Address) { Host = "127.0.0.1" }.Uri;

        var (exitCode, output, error) = await ToolProcess.RunAsync(server, "top");

        Assert.Equal((1, ""), (exitCode, output));
        Assert.Contains("does not show its status here", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_not_a_status_is_not_taken_for_one()
    {
        await using var pages = await PageServer.StartAsync();
        pages.Html = """{"now":"2026-11-28T07:00:00Z"}""";

        var (exitCode, output, error) = await ToolProcess.RunAsync(new Uri(pages.Origin), "top");

        Assert.Equal((1, ""), (exitCode, output));
        Assert.NotEmpty(error);
        Assert.DoesNotContain("   at ", error, StringComparison.Ordinal);
    }

    [Fact]
    public void Rates_are_averages_of_the_time_since_the_last_reading_of_the_same_process()
    {
        var first = Status(second: 10, updates: 100, frames: 1_000, bytes: 10_000);
        var second = Status(second: 14, updates: 102, frames: 1_010, bytes: 10_100);

        Assert.Equal(new Rates(0.5, 2.5, 25), Rates.Between(first, second));
        Assert.Null(Rates.Between(null, second));
        Assert.Null(Rates.Between(first with { StartedAt = second.Now }, second));
    }

    [Theory]
    [InlineData(0, "0 B")]
    [InlineData(1023, "1023 B")]
    [InlineData(1536, "1.5 KiB")]
    [InlineData(5L * 1024 * 1024 * 1024 * 1024, "5.0 TiB")]
    public void Bytes_are_in_binary_units(long bytes, string expected) => Assert.Equal(expected, Quantity.Bytes(bytes));

    private static ServerStatus Status(int second, long updates, long frames, long bytes) => new(
        "livestreams",
        "0.1.0",
        "web-1",
        17,
        "ready",
        DateTimeOffset.UnixEpoch.AddSeconds(second),
        DateTimeOffset.UnixEpoch,
        new StoreStatus("memory", "memory", null),
        new StreamStatus(0, 100, 0),
        new Totals(updates, frames, bytes),
        new PagesStatus(0, []),
        new MemoryStatus(0, 0, 0),
        null,
        null,
        []);
}
