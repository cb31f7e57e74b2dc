using System.Net;
using LiveStreams.Api.Tests.Support;

namespace LiveStreams.Api.Tests.Subscribe;

/// <summary>What a stream begins with, before any news.</summary>
public sealed class OpeningTests(SharedApi api)
{
    [Fact]
    public async Task Headers_retry_comment_and_position_come_at_once()
    {
        await using var stream = await api.Client.SubscribeAsync("opening");

        Assert.Equal(HttpStatusCode.OK, stream.Response.StatusCode);
        Assert.Equal("text/event-stream; charset=utf-8", stream.Response.Content.Headers.ContentType!.ToString());
        Assert.True(stream.Response.Headers.CacheControl!.NoStore);
        Assert.Equal("no", Assert.Single(stream.Response.Headers.GetValues("X-Accel-Buffering")));
        Assert.Equal("0", stream.StartedFrom);
        Assert.Equal("retry: 2000\n: live\nid: 0\n\n", await stream.NextBlockAsync());
    }

    [Fact]
    public async Task On_a_page_with_history_the_position_is_its_head()
    {
        await api.Client.PublishAsync("with history", "1");
        var head = await api.Client.PublishAsync("with history", "2");

        await using var stream = await api.Client.SubscribeAsync("with history");

        Assert.Equal(head, stream.StartedFrom);
        Assert.Equal($"retry: 2000\n: live\nid: {head}\n\n", await stream.NextBlockAsync());
    }

    [Fact]
    public async Task An_update_is_one_block_with_its_id()
    {
        await using var stream = await api.Client.SubscribeAsync("block");
        await stream.NextBlockAsync();

        var id = await api.Client.PublishAsync("block", "one\ntwo", query: "?event=score");

        Assert.Equal($"id: {id}\nevent: score\ndata: one\ndata: two\n\n", await stream.NextBlockAsync());
    }

    [Fact]
    public async Task A_client_of_http_1_0_gets_the_stream_too()
    {
        using var raw = await RawHttp.ConnectAsync(api.Server.Address);
        await raw.SendAsync("GET /pages/old/events HTTP/1.0\r\n\r\n");

        var answer = "";
        while (!answer.Contains("id: 0\n\n", StringComparison.Ordinal))
        {
            answer += await raw.ReceiveAsync();
        }

        Assert.Contains("\r\n\r\nretry: 2000\n", answer, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://page.example", true)]
    [InlineData("http://other.example", false)]
    [InlineData("http://page.example.evil", false)]
    public async Task Another_origin_may_read_the_stream_only_if_it_is_listed(string origin, bool allowed)
    {
        await using var process = await InProcessApi.StartAsync(
            "--Store=memory", "--Cors:Origins=http://page.example, https://page.example");
        using var http = new HttpClient { BaseAddress = process.Address };
        http.DefaultRequestHeaders.Add("Origin", origin);

        await using var stream = await EventStream.OpenAsync(http, "/pages/x/events", lastEventId: null);

        Assert.Equal(allowed, stream.Response.Headers.TryGetValues("Access-Control-Allow-Origin", out var granted));
        Assert.Equal(allowed ? [origin] : null, granted);
        Assert.Equal(allowed, stream.Response.Headers.TryGetValues("Access-Control-Expose-Headers", out var exposed)
            && exposed.Single().Contains("Last-Event-ID", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_preflight_is_told_what_may_be_sent_and_nothing_of_what_it_has_asked_for()
    {
        await using var process = await InProcessApi.StartAsync("--Store=memory", "--Cors:Origins=http://page.example");
        using var raw = await RawHttp.ConnectAsync(process.Address);
        await raw.SendAsync(
            "OPTIONS /pages/home/updates HTTP/1.1\r\nHost: x\r\nOrigin: http://page.example\r\nConnection: close\r\n"
            + "Access-Control-Request-Method: POST\r\nAccess-Control-Request-Headers: idempotency-key, x-\u0019\r\n\r\n");
        var answer = await raw.ReceiveToEndAsync();

        Assert.StartsWith("HTTP/1.1 204", answer, StringComparison.Ordinal);
        Assert.Contains("Access-Control-Allow-Headers: Authorization,Cache-Control,Content-Type,Idempotency-Key,", answer, StringComparison.Ordinal);
        Assert.DoesNotContain("x-", answer.Split("Allow-Headers: ")[1].Split('\n')[0].Replace("X-Requested-With", "", StringComparison.Ordinal), StringComparison.Ordinal);
    }
}
