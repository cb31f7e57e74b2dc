using LiveStreams.Api.Tests.Posts;
using LiveStreams.Api.Tests.Support;

namespace LiveStreams.Api.Tests.Limits;

/// <summary>
/// A server with a heap of 300 MB serves everyone else while one address reads nothing of what it asks for.
/// </summary>
[Collection(nameof(Alone))]
[Trait(Tier.Name, Tier.All)]
public sealed class HeapLimitTests : IAsyncLifetime, IDisposable
{
    private const int PostBytes = 64 * 1024;
    private const int Posts = 60;

    private readonly List<IDisposable> _unread = [];
    private ServerProcess _server = null!;
    private ApiClient _client = null!;
    private EventStream _steady = null!;
    private int _published;

    public async ValueTask InitializeAsync()
    {
        _server = await ServerProcess.StartAsync(
            [.. ServerProcess.Unthrottled, "--Store=memory"],
            ("DOTNET_GCHeapHardLimit", "0x12C00000"));
        _client = new ApiClient(_server.Address);
        _steady = await _client.SubscribeAsync("steady");
        for (var n = 0; n < Posts; n++)
        {
            await _client.PutPostAsync("home", $"{n}", new string('x', PostBytes));
        }
    }

    [Theory]
    [InlineData("/pages/home/posts")]
    [InlineData("/pages/home/events?snapshot=true")]
    public async Task Readers_of_posts_that_change_before_each_of_them_disturb_nobody(string path)
    {
        for (var n = 0; n < 150; n++)
        {
            await _client.PutPostAsync("home", "0", new string((char)('a' + (n % 26)), PostBytes));
            await AskAsync(path);
            await AssertServedAsync();
        }
    }

    [Fact]
    public async Task Two_hundred_readers_of_posts_disturb_nobody()
    {
        for (var n = 0; n < 200; n++)
        {
            await AskAsync("/pages/home/posts");
        }

        await AssertServedAsync();
    }

    [Fact]
    public async Task Two_hundred_readers_of_an_update_of_line_ends_disturb_nobody()
    {
        for (var n = 0; n < 8; n++)
        {
            await _client.PublishAsync("lines", new string('\n', 256 * 1024));
        }

        for (var n = 0; n < 200; n++)
        {
            await AskAsync("/pages/lines/events?from=earliest");
            await AssertServedAsync();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _steady.DisposeAsync();
        Dispose();
    }

    public void Dispose()
    {
        _unread.ForEach(reader => reader.Dispose());
        _client.Dispose();
        _server.Dispose();
    }

    private async Task AskAsync(string path)
    {
        var reader = await RawHttp.ConnectAsync(_server.Address, receiveBuffer: 4096, from: "127.0.0.2");
        await reader.SendAsync($"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n");
        _unread.Add(reader);
    }

    // Everyone else receives updates and posts.
    private async Task AssertServedAsync()
    {
        var data = $"{++_published}";
        await _client.PublishAsync("steady", data);
        Assert.Equal(data, (await _steady.NextAsync()).Data);
        var posts = await _client.GetJsonAsync("/pages/home/posts");
        Assert.Equal(Posts, posts.GetProperty("posts").GetArrayLength());
        Assert.DoesNotContain("OutOfMemory", _server.Output, StringComparison.Ordinal);
    }
}
