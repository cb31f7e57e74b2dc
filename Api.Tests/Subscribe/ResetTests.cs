using LiveStreams.Api.Tests.Support;

namespace LiveStreams.Api.Tests.Subscribe;

/// <summary>A position that cannot be resumed leads to a reset and then to live updates, not to an error.</summary>
public sealed class ResetTests(ResetTests.ShortHistory api) : IClassFixture<ResetTests.ShortHistory>
{
    [Theory]
    [InlineData("nonsense", "unknown")]
    [InlineData("17", "unknown")]
    [InlineData("000000000abc-", "unknown")]
    [InlineData("000000000abc-1, 000000000abc-2", "unknown")]
    [InlineData("EPOCH-99", "unknown")]
    [InlineData("000000000abc-1", "epoch")]
    [InlineData("EPOCH-1", "trimmed")]
    [InlineData("0", "trimmed")]
    public async Task A_reset_names_its_reason_and_the_stream_continues_from_the_head(string position, string reason)
    {
        var page = $"reset {position}";
        var head = "";
        for (var n = 1; n <= 10; n++)
        {
            head = await api.Client.PublishAsync(page, $"{n}");
        }

        await using var stream = await api.Client.SubscribeAsync(
            page,
            position.Replace("EPOCH", head.Split('-')[0], StringComparison.Ordinal));
        var reset = await stream.NextAsync();
        await api.Client.PublishAsync(page, "live");

        Assert.Equal(head, stream.StartedFrom);
        Assert.Equal(
            ("reset", $$"""{"reason":"{{reason}}","from":"{{head}}"}""", head),
            (reset.EventType, reset.Data, reset.EventId));
        Assert.Equal("live", (await stream.NextAsync()).Data);
    }

    [Theory]
    [InlineData("nonsense", "unknown")]
    [InlineData("000000000abc-1", "epoch")]
    public async Task A_reset_on_an_empty_page_continues_from_zero(string position, string reason)
    {
        var page = $"empty {position}";
        await using var stream = await api.Client.SubscribeAsync(page, position);
        var reset = await stream.NextAsync();
        await api.Client.PublishAsync(page, "live");

        Assert.Equal(("reset", $$"""{"reason":"{{reason}}","from":"0"}"""), (reset.EventType, reset.Data));
        Assert.Equal("live", (await stream.NextAsync()).Data);
    }

    [Fact]
    public async Task A_store_that_lost_its_data_resets_subscribers_with_the_reason_epoch()
    {
        using var first = await ServerProcess.StartAsync("--Store=memory");
        using var client = new ApiClient(first.Address);
        var position = await client.PublishAsync("page", "1");
        await first.KillAsync();
        using var second = await first.RestartAsync();

        await using var stream = await client.SubscribeAsync("page", position);
        Assert.Contains("\"reason\":\"epoch\"", (await stream.NextAsync()).Data, StringComparison.Ordinal);
        await client.PublishAsync("page", "new");
        Assert.Equal("new", (await stream.NextAsync()).Data);
    }

    /// <summary>A server that keeps five updates a page.</summary>
    public sealed class ShortHistory : SharedApi
    {
        protected override string[] Settings => ["--History:MaxUpdates=5"];
    }
}
