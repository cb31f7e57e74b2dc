using System.Diagnostics;
using System.Net;
using System.Text;
using LiveStreams.Api.Tests.Redis;
using LiveStreams.Api.Tests.Support;
using LiveStreams.Core.Tracing;

namespace LiveStreams.Api.Tests.Telemetry;

/// <summary>The trace of an update.</summary>
public sealed class TraceTests(SharedApi api)
{
    private const string Route = "POST /pages/{page}/updates";

    [Theory]
    [InlineData("sqlite")]
    [InlineData("memory")]
    public async Task A_trace_goes_from_the_client_to_the_fan_out(string store)
    {
        await using var server = await InProcessApi.StartAsync($"--Store={store}");
        using var client = new ApiClient(server.Address);
        await using var stream = await client.SubscribeAsync("home");
        using var trace = new SpanRecorder();

        using var response = await PublishAsync(trace, client, "home");

        var request = (await trace.WaitForAsync(Route, 1))[0];
        Assert.Equal(trace.ClientSpan, request.ParentSpanId);
        Assert.Equal(201, request.GetTagItem("http.response.status_code"));
        var publish = trace.Single("publish");
        Assert.Equal(request.SpanId, publish.ParentSpanId);
        Assert.Equal("home", publish.GetTagItem(TraceTag.Page));
        Assert.Equal("published", publish.GetTagItem(TraceTag.Result));
        var id = (await ApiClient.JsonAsync(response)).GetProperty("id").GetString();
        Assert.Equal(id, publish.GetTagItem(TraceTag.Update));
        Assert.Equal(publish.SpanId, trace.Single("wait for the page").ParentSpanId);
        var append = trace.Single("append");
        Assert.Equal(publish.SpanId, append.ParentSpanId);
        Assert.Equal(1, append.GetTagItem(TraceTag.Updates));
        Assert.True(append.Duration > TimeSpan.Zero);
        var fanOut = (await trace.WaitForAsync("fan-out", 1))[0];
        Assert.Equal(publish.SpanId, fanOut.ParentSpanId);
        Assert.Equal((id, 1), (fanOut.GetTagItem(TraceTag.Update), fanOut.GetTagItem(TraceTag.Subscribers)));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_trace_is_announced_if_its_client_samples_it(bool isSampled)
    {
        await using var nodes = await RedisNodes.StartAsync(1);
        using var subscriber = nodes.Redis.StartCli("SUBSCRIBE", "livestreams:{home}");
        await ReadLineAsync(subscriber, "1");
        using var trace = new SpanRecorder();

        using var response = await PublishAsync(trace, nodes.Clients[0], "home", isSampled);

        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        var announcement = await ReadLineAsync(subscriber, "{");
        Assert.Equal(
            isSampled, announcement.Contains($",\"trace\":\"00-{trace.TraceId}-", StringComparison.Ordinal));
        Assert.Equal(isSampled, announcement.Contains("trace", StringComparison.Ordinal));
        Assert.Equal(isSampled, trace.Spans.Count > 0);
        subscriber.Kill();
    }

    [Fact]
    public async Task Each_update_of_a_batch_has_a_span_below_that_of_the_request()
    {
        using var trace = new SpanRecorder();
        using var content = new StringContent(
            """
            {"page":"trace 1","data":"x"}
            {"page":"trace 2","data":"y"}
            """,
            Encoding.UTF8,
            "application/x-ndjson");

        using var response = await trace.SendAsync(api.Client, HttpMethod.Post, "/updates", content);

        var request = (await trace.WaitForAsync("POST /updates", 1))[0];
        var publishes = await trace.WaitForAsync("publish", 2);
        Assert.All(publishes, span => Assert.Equal(request.SpanId, span.ParentSpanId));
        Assert.Equal(
            ["trace 1", "trace 2"], publishes.Select(span => span.GetTagItem(TraceTag.Page)).Order());
    }

    [Fact]
    public async Task A_request_that_is_refused_has_a_span_with_its_status()
    {
        using var trace = new SpanRecorder();

        using var response = await PublishAsync(trace, api.Client, "home", query: "?event=a%0Ab");

        var request = (await trace.WaitForAsync(Route, 1))[0];
        Assert.Equal(400, request.GetTagItem("http.response.status_code"));
        Assert.Equal(ActivityStatusCode.Unset, request.Status);
        Assert.DoesNotContain(trace.Spans, span => span.OperationName == "publish");
    }

    [Fact]
    public async Task An_append_that_the_store_refuses_is_in_the_trace_as_an_error()
    {
        await using var nodes = await RedisNodes.StartAsync(1);
        nodes.Redis.Kill();
        using var trace = new SpanRecorder();

        using var response = await PublishAsync(trace, nodes.Clients[0], "home");

        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.Equal(ActivityStatusCode.Error, (await trace.WaitForAsync(Route, 1))[0].Status);
        Assert.Equal("store-unavailable", trace.Single("publish").GetTagItem(TraceTag.Result));
        Assert.Equal(ActivityStatusCode.Error, trace.Single("publish").Status);
        trace.Single("append");
    }

    [Fact]
    public async Task A_trace_reaches_the_streams_of_all_servers_in_the_announcement_and_no_stream_shows_it()
    {
        await using var nodes = await RedisNodes.StartAsync(2);
        await using var here = await nodes.Clients[0].SubscribeAsync("home");
        await using var there = await nodes.Clients[1].SubscribeAsync("home");
        await here.NextBlockAsync();
        await there.NextBlockAsync();
        using var trace = new SpanRecorder();

        using var response = await PublishAsync(trace, nodes.Clients[0], "home");

        var id = (await ApiClient.JsonAsync(response)).GetProperty("id").GetString();
        foreach (var stream in new[] { here, there })
        {
            Assert.Equal($"id: {id}\ndata: x\n\n", await stream.NextBlockAsync());
        }

        var fanOuts = await trace.WaitForAsync("fan-out", 2);
        Assert.All(fanOuts, span => Assert.Equal(trace.Single("publish").SpanId, span.ParentSpanId));
    }

    private static async Task<HttpResponseMessage> PublishAsync(
        SpanRecorder trace, ApiClient client, string page, bool isSampled = true, string query = "")
    {
        using var content = new StringContent("x");
        return await trace.SendAsync(
            client, HttpMethod.Post, $"{ApiClient.PathOf(page)}/updates{query}", content, isSampled);
    }

    // The next line that begins so.
    private static async Task<string> ReadLineAsync(Process process, string start)
    {
        while (true)
        {
            var line = await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken).AsTask()
                .BoundedAsync();
            if (line!.StartsWith(start, StringComparison.Ordinal))
            {
                return line;
            }
        }
    }
}
