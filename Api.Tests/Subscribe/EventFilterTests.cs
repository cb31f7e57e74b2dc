using LiveStreams.Api.Tests.Support;
using Microsoft.Extensions.Time.Testing;

namespace LiveStreams.Api.Tests.Subscribe;

/// <summary>A stream of some event names only.</summary>
public sealed class EventFilterTests(SharedApi api)
{
    [Fact]
    public async Task Only_updates_with_the_asked_names_arrive_and_message_is_the_name_of_those_without_one()
    {
        await PublishAsync("filter");
        await using var scores = await api.Client.SubscribeAsync("filter", query: "?from=earliest&event=score");
        await using var two = await api.Client.SubscribeAsync(
            "filter", query: "?from=earliest&event=card&event=message");
        await using var many = await api.Client.SubscribeToPagesAsync(
            ["filter", "filter other"], query: "&from=earliest&event=score");
        await PublishAsync("filter");

        Assert.Equal(["1:0", "1:0"], await scores.NextDataAsync(2));
        Assert.Equal(["kick-off", "red", "kick-off", "red"], await two.NextDataAsync(4));
        Assert.Equal("1:0", (await many.NextPageEventAsync()).Data);
        Assert.Equal("1:0", (await many.NextPageEventAsync()).Data);
    }

    [Fact]
    public async Task What_is_filtered_in_one_page_moves_the_position_with_the_next_event_of_another()
    {
        string[] pages = ["busy", "filtered"];
        await using var stream = await api.Client.SubscribeToPagesAsync(pages, query: "&event=score");
        await api.Client.PublishAsync("filtered", "card", query: "?event=card");
        await api.Client.PublishAsync("busy", "1:0", query: "?event=score");
        await stream.NextAsync();

        await using var resumed = await api.Client.SubscribeToPagesAsync(pages, stream.LastEventId);
        await api.Client.PublishAsync("filtered", "next");
        Assert.Equal("next", (await resumed.NextPageEventAsync()).Data);
    }

    [Fact]
    public async Task The_end_of_the_page_passes_every_filter()
    {
        await api.Client.PublishAsync("filter end", "1");
        await using var stream = await api.Client.SubscribeAsync("filter end", query: "?event=score");
        using var deleted = await api.Client.SendAsync(new(HttpMethod.Delete, "/pages/filter%20end"));
        Assert.Equal("end", (await stream.NextAsync()).EventType);
    }

    [Theory]
    [InlineData("/pages/home/events?event=score")]
    [InlineData("/events?page=home&page=other&event=score")]
    public async Task What_is_filtered_moves_the_position_with_the_next_heartbeat(string path)
    {
        var time = new FakeTimeProvider();
        await using var server = await InProcessApi.StartAsync(["--Store=memory"], time);
        using var client = new ApiClient(server.Address);
        using var response = await client.OpenAsync(new(HttpMethod.Get, path));
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(Ct));
        var opening = await ReadBlockAsync(reader);
        await client.PublishAsync("home", "filtered");

        var block = "";
        for (var reading = ReadBlockAsync(reader); block.Length == 0;)
        {
            time.Advance(TimeSpan.FromSeconds(1));
            await Wait.PauseAsync();
            block = reading.IsCompleted ? await reading : "";
        }

        Assert.StartsWith("id: ", block, StringComparison.Ordinal);
        Assert.DoesNotContain(block.Trim(), opening, StringComparison.Ordinal);
        using var resumed = new HttpRequestMessage(HttpMethod.Get, path.Split("&event")[0].Split("?event")[0]);
        resumed.Headers.Add("Last-Event-ID", block[4..].Trim());
        using var again = await client.OpenAsync(resumed);
        Assert.Equal(block[4..].Trim(), Assert.Single(again.Headers.GetValues("Last-Event-ID")));
        await client.PublishAsync("home", "next");
        using var rest = new StreamReader(await again.Content.ReadAsStreamAsync(Ct));
        await ReadBlockAsync(rest);
        Assert.Contains("next", await ReadBlockAsync(rest), StringComparison.Ordinal);
    }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private static async Task<string> ReadBlockAsync(StreamReader reader)
    {
        var block = "";
        while (await reader.ReadLineAsync(Ct).AsTask().BoundedAsync() is { Length: > 0 } line)
        {
            block += line + "\n";
        }

        return block;
    }

    private async Task PublishAsync(string page)
    {
        await api.Client.PublishAsync(page, "kick-off");
        await api.Client.PublishAsync(page, "1:0", query: "?event=score");
        await api.Client.PublishAsync(page, "red", query: "?event=card");
    }
}
