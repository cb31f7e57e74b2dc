using System.Globalization;

namespace LiveStreams.Api.Tests.Subscribe;

/// <summary><c>from=</c> and <c>since=</c> set where a new subscriber starts.</summary>
public sealed class StartPositionTests(ResumeTests.SmallRing api) : IClassFixture<ResumeTests.SmallRing>
{
    [Theory]
    [InlineData("?from=earliest", "1")]
    [InlineData("?from=-2", "4")]
    [InlineData("?from=-5", "1")]
    [InlineData("?from=-100", "1")]
    [InlineData("?since=1h", "1")]
    [InlineData("?since=2000-01-01", "1")]
    [InlineData("?since=2000-01-01T00:00:00Z", "1")]
    [InlineData("?since=2000-01-01T00:00:00+02:00", "1")]
    public async Task A_subscriber_without_a_position_starts_where_it_requests(string query, string first)
    {
        for (var n = 1; n <= 5; n++)
        {
            await api.Client.PublishAsync(query, $"{n}");
        }

        await using var stream = await api.Client.SubscribeAsync(query, query: query);

        Assert.Equal(first, (await stream.NextAsync()).Data);
        var sequence = int.Parse(first, CultureInfo.InvariantCulture) - 1;
        Assert.EndsWith($"-{sequence}", stream.StartedFrom, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("?since=0s")]
    [InlineData("?since=2999-01-01")]
    public async Task A_subscriber_that_starts_now_receives_only_new_updates(string query)
    {
        await api.Client.PublishAsync(query, "old");
        var history = await api.Client.GetJsonAsync($"{ApiClient.PathOf(query)}/updates");
        var published = history.GetProperty("updates")[0].GetProperty("time").GetDateTimeOffset();
        await Wait.UntilAsync(
            () => TimeProvider.System.GetUtcNow() > published.AddMilliseconds(1),
            "the clock has advanced");

        await using var stream = await api.Client.SubscribeAsync(query, query: query);
        await api.Client.PublishAsync(query, "new");

        Assert.Equal("new", (await stream.NextAsync()).Data);
    }

    [Theory]
    [InlineData("?from=earliest")]
    [InlineData("?from=-3")]
    [InlineData("?since=1h")]
    public async Task A_stream_of_an_empty_page_starts_at_zero(string query)
    {
        await using var stream = await api.Client.SubscribeAsync($"empty {query}", query: query);
        Assert.Equal("0", stream.StartedFrom);
    }
}
