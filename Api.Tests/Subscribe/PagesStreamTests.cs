using System.Text.Json;
using LiveStreams.Api.Tests.Support;

namespace LiveStreams.Api.Tests.Subscribe;

/// <summary>Several pages in one event stream.</summary>
public sealed class PagesStreamTests(SharedApi api)
{
    private static readonly string[] _score = ["score"];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Each_update_arrives_in_an_envelope_with_its_page_and_keeps_its_event_name()
    {
        string[] pages = ["envelope/a", "envelope b"];
        await using var stream = await api.Client.SubscribeToPagesAsync(pages);

        var first = await api.Client.PublishAsync(pages[0], "<p>1 \"2\"\n€\u0001</p>");
        var second = await api.Client.PublishAsync(pages[1], "1:0", query: "?event=score");
        await api.Client.PublishLiveAsync(pages[0], "typing");

        Assert.Equal(
            new PageEvent(pages[0], first, null, "<p>1 \"2\"\n€\u0001</p>"), await stream.NextPageEventAsync());
        Assert.Equal(new PageEvent(pages[1], second, "score", "1:0"), await stream.NextPageEventAsync());
        Assert.Equal(new PageEvent(pages[0], null, null, "typing"), await stream.NextPageEventAsync());
    }

    [Fact]
    public async Task A_page_costs_few_bytes_of_an_id()
    {
        string[] pages = [.. Enumerable.Range(0, 50).Select(n => $"fifty {n}")];
        foreach (var page in pages)
        {
            await api.Client.PublishAsync(page, "before");
        }

        await using var stream = await api.Client.SubscribeToPagesAsync(pages);
        await api.Client.PublishAsync(pages[0], "after");
        await stream.NextAsync();

        Assert.InRange(stream.LastEventId.Length, 50 * 7, (50 * 9) + 1);
        Assert.Equal(stream.StartedFrom.Length, stream.LastEventId.Length);
    }

    [Fact]
    public async Task A_stream_that_is_cut_off_before_its_first_event_resumes_in_every_page()
    {
        string[] pages = ["cut a", "cut b"];
        string position;
        await using (var stream = await api.Client.SubscribeToPagesAsync(pages))
        {
            var opening = await stream.NextBlockAsync();
            Assert.StartsWith("retry: 2000\n: live\nid: .", opening, StringComparison.Ordinal);
            position = stream.StartedFrom;
            Assert.EndsWith(position, opening.TrimEnd(), StringComparison.Ordinal);
        }

        await api.Client.PublishAsync(pages[1], "missed b");
        await api.Client.PublishAsync(pages[0], "missed a");

        await using var resumed = await api.Client.SubscribeToPagesAsync(pages, position);
        var missed = new[] { await resumed.NextPageEventAsync(), await resumed.NextPageEventAsync() };
        Assert.Equal(["missed a", "missed b"], missed.Select(update => update.Data).Order());
    }

    [Fact]
    public async Task Pages_may_be_added_dropped_and_listed_in_another_order()
    {
        string[] pages = ["list a", "list b", "list c", "list new"];
        await using var stream = await api.Client.SubscribeToPagesAsync(pages[..3]);
        await api.Client.PublishAsync(pages[0], "seen");
        await stream.NextAsync();
        foreach (var page in pages)
        {
            await api.Client.PublishAsync(page, $"missed {page}");
        }

        await using var resumed = await api.Client.SubscribeToPagesAsync(
            [pages[3], pages[2], pages[0]], stream.LastEventId);
        await api.Client.PublishAsync(pages[3], "live");

        var data = new List<string>();
        while (data.Count < 3)
        {
            data.Add((await resumed.NextPageEventAsync()).Data);
        }

        Assert.Equal(["live", "missed list a", "missed list c"], data.Order());
    }

    [Fact]
    public async Task A_stream_may_begin_with_history_of_every_page()
    {
        string[] pages = ["from a", "from b"];
        foreach (var page in pages)
        {
            await api.Client.PublishAsync(page, "1");
            await api.Client.PublishAsync(page, "2");
        }

        await using var last = await api.Client.SubscribeToPagesAsync(pages, query: "&from=-1");
        Assert.Equal(["from a 2", "from b 2"], await ReadAsync(last, 2));
        await using var all = await api.Client.SubscribeToPagesAsync(pages, query: "&from=earliest");
        Assert.Equal(["from a 1", "from a 2", "from b 1", "from b 2"], await ReadAsync(all, 4));
    }

    [Fact]
    public async Task Every_page_begins_with_its_snapshot_and_continues_without_a_gap()
    {
        string[] pages = ["shot a", "shot b", "shot empty"];
        foreach (var page in pages[..2])
        {
            await PutPostAsync(page, "x", $"<p>{page}</p>");
        }

        await using var stream = await api.Client.SubscribeToPagesAsync(pages, query: "&snapshot=true");
        var snapshots = new Dictionary<string, PageEvent>();
        for (var i = 0; i < pages.Length; i++)
        {
            var read = await stream.NextPageEventAsync();
            Assert.Equal("snapshot", read.Event);
            snapshots.Add(read.Page, read);
        }

        Assert.Contains("<p>shot b</p>", snapshots["shot b"].Data, StringComparison.Ordinal);
        using var posts = JsonDocument.Parse(snapshots["shot a"].Data);
        Assert.Equal(snapshots["shot a"].Id, posts.RootElement.GetProperty("id").GetString());
        Assert.Equal("0", snapshots["shot empty"].Id);
        await PutPostAsync("shot a", "y", "later");
        Assert.Contains("later", (await stream.NextPageEventAsync()).Data, StringComparison.Ordinal);

        await using var resumed = await api.Client.SubscribeToPagesAsync(
            pages, stream.LastEventId, "&snapshot=true");
        await api.Client.PublishAsync("shot empty", "first");
        Assert.Equal("first", (await resumed.NextPageEventAsync()).Data);
    }

    [Fact]
    public async Task A_deleted_page_ends_alone_and_is_followed_when_it_begins_again()
    {
        string[] pages = ["end a", "end b"];
        await api.Client.PublishAsync(pages[0], "1");
        await using var stream = await api.Client.SubscribeToPagesAsync(pages);
        var before = stream.StartedFrom;

        using (var deleted = await api.Client.SendAsync(new(HttpMethod.Delete, ApiClient.PathOf(pages[0]))))
        {
            Assert.True(deleted.IsSuccessStatusCode);
        }

        var end = await stream.NextPageEventAsync();
        Assert.Equal((pages[0], "end", """{"reason":"deleted"}"""), (end.Page, end.Event, end.Data));
        await api.Client.PublishAsync(pages[1], "other");
        Assert.Equal("other", (await stream.NextPageEventAsync()).Data);

        await using (var again = await api.Client.SubscribeToPagesAsync(pages, before))
        {
            var missed = new[] { await again.NextPageEventAsync(), await again.NextPageEventAsync() };
            Assert.Equal(["end", "message"], missed.Select(item => item.Event ?? "message").Order());
        }

        await using var known = await api.Client.SubscribeToPagesAsync(pages, stream.LastEventId);
        await api.Client.PublishAsync(pages[0], "begins again");
        Assert.Equal("begins again", (await stream.NextPageEventAsync()).Data);
        Assert.Equal("begins again", (await known.NextPageEventAsync()).Data);
    }

    [Fact]
    public async Task A_list_that_is_too_long_for_a_URL_is_sent_as_JSON()
    {
        string[] pages = [.. Enumerable.Range(0, 100).Select(n => $"{new string('p', 190)} {n}")];
        using var request = new HttpRequestMessage(HttpMethod.Post, "/events?from=earliest")
        {
            Content = new StringContent(
                JsonSerializer.Serialize(new { pages, events = _score }), null, "application/json"),
        };
        await api.Client.PublishAsync(pages[99], "no score");
        await api.Client.PublishAsync(pages[99], "1:0", query: "?event=score");

        using var response = await api.Client.OpenAsync(request);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(Ct));
        string? line;
        do
        {
            line = await reader.ReadLineAsync(Ct).AsTask().BoundedAsync();
        }
        while (line?.StartsWith("data: ", StringComparison.Ordinal) is false);

        Assert.Contains("\"data\":\"1:0\"", line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Updates_whose_envelopes_are_large_arrive_from_history_in_their_order()
    {
        // In JSON in JSON each quote has two more bytes: the envelopes are large, the updates are not.
        string[] data = [.. Enumerable.Range(0, 3).Select(n => $"[{n},\"{new string('"', 20_000)}\"]"), "small"];
        foreach (var each in data)
        {
            await api.Client.PublishAsync("quotes", each);
        }

        await using var stream = await api.Client.SubscribeToPagesAsync(["quotes", "other"], query: "&from=earliest");
        foreach (var each in data)
        {
            Assert.Equal(each, (await stream.NextPageEventAsync()).Data);
        }
    }

    [Fact]
    public async Task A_page_that_is_listed_twice_is_followed_once()
    {
        await using var stream = await api.Client.SubscribeToPagesAsync(["twice", "twice"]);
        await api.Client.PublishAsync("twice", "1");
        await api.Client.PublishAsync("twice", "2");
        Assert.Equal(["twice 1", "twice 2"], await ReadAsync(stream, 2));
    }

    private static async Task<string[]> ReadAsync(EventStream stream, int count)
    {
        var read = new List<string>();
        while (read.Count < count)
        {
            var item = await stream.NextPageEventAsync();
            read.Add($"{item.Page} {item.Data}");
        }

        return [.. read.Order()];
    }

    private async Task PutPostAsync(string page, string post, string content)
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, $"{ApiClient.PathOf(page)}/posts/{post}")
        {
            Content = new StringContent(content, null, "text/html"),
        };
        using var response = await api.Client.SendAsync(request);
        Assert.True(response.IsSuccessStatusCode);
    }
}
