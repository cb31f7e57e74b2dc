using LiveStreams.Api.Tests.Support;
using Microsoft.Playwright;

namespace LiveStreams.Api.Tests.Browser;

/// <summary>
/// A LiveStreams server behind a breakable proxy, a web server on another origin, and Chromium with tabs of its page.
/// </summary>
internal sealed class LiveTabs : IAsyncDisposable
{
    private readonly PageServer _pages;
    private readonly InProcessApi? _api;
    private readonly RestartableApi? _restartable;

    private LiveTabs(PageServer pages, InProcessApi? api, RestartableApi? restartable, IBrowserContext context)
    {
        _pages = pages;
        _api = api;
        _restartable = restartable;
        Context = context;
        var address = api?.Address ?? restartable!.Current.Address;
        Proxy = new BreakableProxy(address);
        Client = new ApiClient(address);
    }

    /// <summary>A script that records the updates and the states of <c>stream</c>.</summary>
    public const string Recording = """
        const seen = [], events = [], states = [];
        stream.addEventListener('update', ({ detail }) => seen.push(detail.data));
        stream.addEventListener('update', ({ detail }) => events.push(detail));
        stream.addEventListener('state', ({ detail }) => states.push(detail.state));
        """;

    public IBrowserContext Context { get; }

    public BreakableProxy Proxy { get; }

    public ApiClient Client { get; }

    public static Task<LiveTabs> StartAsync(Chromium chromium, params string[] settings) =>
        StartAsync(chromium, settings, time: null);

    /// <summary>Starts a server that takes its time from <paramref name="time"/>.</summary>
    public static async Task<LiveTabs> StartAsync(Chromium chromium, string[] settings, TimeProvider? time)
    {
        var pages = await PageServer.StartAsync();
        var api = await InProcessApi.StartAsync([$"--Cors:Origins={pages.Origin}", .. settings], time);
        return new LiveTabs(pages, api, restartable: null, await chromium.NewContextAsync());
    }

    /// <summary>Starts a server as a process, which can be killed.</summary>
    public static async Task<LiveTabs> StartRestartableAsync(Chromium chromium, params string[] settings)
    {
        var pages = await PageServer.StartAsync();
        var api = await RestartableApi.StartAsync([$"--Cors:Origins={pages.Origin}", .. settings]);
        return new LiveTabs(pages, api: null, api, await chromium.NewContextAsync());
    }

    /// <summary>
    /// Opens a tab with this body and head. <c>{server}</c> is replaced by the address of the server.
    /// </summary>
    public async Task<IPage> OpenAsync(string body, string head = "<script src=\"{server}/livestreams.js\"></script>")
    {
        var server = Proxy.Address.TrimEnd('/');
        _pages.Html = $"<!doctype html>{head}<body>{body}".Replace("{server}", server, StringComparison.Ordinal);
        var tab = await Context.NewPageAsync();
        await tab.GotoAsync($"{_pages.Origin}/live.html");
        return tab;
    }

    /// <summary>Opens a tab that follows the page <c>home</c> with these options, and waits until it is live.</summary>
    public async Task<IPage> FollowAsync(string options = "retry: [100, 1000]")
    {
        var tab = await OpenAsync($$"""
            <script>
              const stream = new LiveStreams.LiveStream('{server}/pages/home/events', { {{options}} });
              {{Recording}}
            </script>
            """);
        await WaitForStateAsync(tab, "live");
        return tab;
    }

    public static Task WaitForStateAsync(IPage tab, string state) => WaitForAsync(tab, $"stream.state === '{state}'");

    public static Task WaitForAsync(IPage tab, string condition) =>
        Wait.UntilAsync(() => tab.EvaluateAsync<bool>(condition), condition);

    /// <summary>Waits for the last of these, then asserts that the tab saw all of them, in this order, once.</summary>
    public static async Task AssertSeenAsync(IPage tab, params IEnumerable<string> data)
    {
        var expected = data.ToArray();
        var last = expected.LastOrDefault();
        await Wait.UntilAsync(
            async () => (await tab.EvaluateAsync<string[]>("seen")).LastOrDefault() == last,
            $"the tab sees '{last}'");
        Assert.Equal(expected, await tab.EvaluateAsync<string[]>("seen"));
    }

    /// <summary>Makes tabs that are opened from now on record their connections in <c>sources</c>.</summary>
    public Task RecordSourcesAsync() => Context.AddInitScriptAsync("""
        window.sources = [];
        const { fetch } = window;
        window.fetch = async (address, init) => {
          const response = await fetch(address, init);
          if (new URL(address).pathname !== '/events' || !response.ok) return response;
          const reader = response.body.getReader();
          const source = { url: `${address}`, isOpen: true };
          window.sources.push(source);
          const close = () => source.isOpen = false;
          reader.closed.then(close, close);
          init.signal.addEventListener('abort', close);
          return { ok: true, body: { getReader: () => reader } };
        };
        """);

    /// <summary>Waits until exactly one of these tabs has a connection, and returns it.</summary>
    public static async Task<IPage> FindConnectedTabAsync(List<IPage> tabs)
    {
        const string IsConnected = "sources.some(source => source.isOpen)";
        IPage? connected = null;
        await Wait.UntilAsync(
            async () =>
            {
                var states = await Task.WhenAll(tabs.Select(tab => tab.EvaluateAsync<bool>(IsConnected)));
                connected = states.Count(isConnected => isConnected) == 1 ? tabs[states.IndexOf(true)] : null;
                return connected is not null;
            },
            "exactly one tab has a connection");
        return connected!;
    }

    /// <summary>How many event streams the server has: its metric <c>livestreams.subscribers</c>.</summary>
    public int Streams => _api!.Feeds.SubscriberCount;

    public async Task<int> CountSubscribersAsync() =>
        (await Client.GetJsonAsync("/pages/home")).GetProperty("subscribers").GetInt32();

    public Task KillAndRestartServerAsync() => _restartable!.KillAndRestartAsync();

    public async ValueTask DisposeAsync()
    {
        await Context.DisposeAsync();
        await Proxy.DisposeAsync();
        await _pages.DisposeAsync();
        Client.Dispose();
        _restartable?.Dispose();
        if (_api is not null)
        {
            await _api.DisposeAsync();
        }
    }
}
