using System.Net;
using LiveStreams.Api.Tests.Support;

namespace LiveStreams.Api.Tests.Subscribe;

/// <summary>A stream starts with its headers and an opening block, before any update.</summary>
public sealed class StreamOpeningTests(SharedApi api)
{
    [Fact]
    public async Task A_stream_starts_at_once_with_its_headers_and_an_opening_block()
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
    public async Task A_stream_of_a_page_with_history_starts_at_its_head()
    {
        await api.Client.PublishAsync("with history", "1");
        var head = await api.Client.PublishAsync("with history", "2");

        await using var stream = await api.Client.SubscribeAsync("with history");

        Assert.Equal(head, stream.StartedFrom);
        Assert.Equal($"retry: 2000\n: live\nid: {head}\n\n", await stream.NextBlockAsync());
    }

    [Fact]
    public async Task An_update_is_sent_as_one_block_with_its_id()
    {
        await using var stream = await api.Client.SubscribeAsync("block");
        await stream.NextBlockAsync();

        var id = await api.Client.PublishAsync("block", "one\ntwo", query: "?event=score");

        Assert.Equal($"id: {id}\nevent: score\ndata: one\ndata: two\n\n", await stream.NextBlockAsync());
    }

    [Fact]
    public async Task A_client_with_http_1_0_receives_the_stream_too()
    {
        using var raw = await RawHttp.ConnectAsync(api.Server.Address);
        await raw.SendAsync("GET /pages/old/events HTTP/1.0\r\n\r\n");

        var response = "";
        while (!response.Contains("id: 0\n\n", StringComparison.Ordinal))
        {
            response += await raw.ReceiveAsync();
        }

        Assert.Contains("\r\n\r\nretry: 2000\n", response, StringComparison.Ordinal);
    }
}
