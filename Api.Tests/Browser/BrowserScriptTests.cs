using System.Net;
using LiveStreams.Api.Browser;
using LiveStreams.Api.Tests.Support;

namespace LiveStreams.Api.Tests.Browser;

/// <summary>Pages of any origin load <c>/livestreams.js</c> and <c>/livestreams.mjs</c>.</summary>
public sealed class BrowserScriptTests(SharedApi api, Chromium chromium)
{
    private const int MaxBytes = 14 * 1024;

    [Theory]
    [InlineData("/livestreams.js")]
    [InlineData("/livestreams.mjs")]
    public async Task A_script_is_served_as_small_javascript_to_any_origin(string path)
    {
        using var response = await api.Client.GetAsync(path);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("text/javascript; charset=utf-8", response.Content.Headers.ContentType!.ToString());
        Assert.InRange(response.Content.Headers.ContentLength!.Value, 1, MaxBytes - 1);
        Assert.Equal("nosniff", Assert.Single(response.Headers.GetValues("X-Content-Type-Options")));
        Assert.Equal("*", Assert.Single(response.Headers.GetValues("Access-Control-Allow-Origin")));
        Assert.True(response.Headers.CacheControl!.NoCache);
    }

    [Theory]
    [InlineData("const a = 'x = y'; // A comment.", "const a='x = y';")]
    [InlineData("\t// A comment.\n\n\treturn a + +b ?? `${ a } : b`;", "return a + +b??`${ a } : b`;")]
    [InlineData("const u = 'http://a'; // 'b'", "const u='http://a';")]
    public void Comments_and_space_are_not_served(string source, string served) =>
        Assert.Equal(served + '\n', CompactScript.Of(source));

    [Theory]
    [InlineData("/livestreams.js")]
    [InlineData("/livestreams.mjs")]
    public async Task A_script_is_sent_again_only_if_the_etag_differs(string path)
    {
        using var first = await api.Client.GetAsync(path);
        using var head = await SendAsync(HttpMethod.Head, path);
        using var same = await SendAsync(HttpMethod.Get, path, first.Headers.ETag!.ToString());
        using var other = await SendAsync(HttpMethod.Get, path, "\"another\"");

        Assert.Equal((HttpStatusCode.OK, first.Headers.ETag), (head.StatusCode, head.Headers.ETag));
        Assert.Equal(HttpStatusCode.NotModified, same.StatusCode);
        Assert.Equal("*", Assert.Single(same.Headers.GetValues("Access-Control-Allow-Origin")));
        Assert.Empty(await same.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));
        Assert.Equal(HttpStatusCode.OK, other.StatusCode);
    }

    [Theory]
    [InlineData("<script src=\"{server}/livestreams.js\"></script>")]
    [InlineData("<script src=\"{server}/livestreams.js\"></script><script src=\"{server}/livestreams.js\"></script>")]
    [InlineData("<script src=\"{server}/livestreams.js\" type=\"module\"></script>")]
    [InlineData("<script type=\"module\">import '{server}/livestreams.js'</script>")]
    [InlineData(
        "<script type=\"module\">import { LiveStream, LivePosts, LivePage } from '{server}/livestreams.mjs'; "
        + "new LivePosts(document.body)</script>")]
    [InlineData(
        "<script src=\"{server}/livestreams.js\"></script>"
        + "<script type=\"module\">import { LiveStream } from '{server}/livestreams.mjs'; "
        + "new LiveStream('{server}/pages/home/events')</script>")]
    public async Task The_script_works_as_a_classic_script_and_as_a_module_from_another_origin(string head)
    {
        await using var tabs = await LiveTabs.StartAsync(chromium);
        var errors = new List<string>();
        tabs.Context.WebError += (_, error) => errors.Add(error.Error);
        var tab = await tabs.OpenAsync("<live-page src=\"{server}/pages/home/events\" no-snapshot></live-page>", head);

        await LiveTabs.WaitForAsync(tab, "document.querySelector('live-page').getAttribute('state') === 'live'");
        Assert.Equal(
            "LiveStream,LivePosts,LivePage",
            await tab.EvaluateAsync<string>("Object.keys(LiveStreams).join()"));
        Assert.Empty(errors);
    }

    private async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, string? tag = null)
    {
        using var request = new HttpRequestMessage(method, path);
        if (tag is not null)
        {
            request.Headers.Add("If-None-Match", tag);
        }

        return await api.Client.SendAsync(request);
    }
}
