using LiveStreams.Api.Tests.Support;
using Microsoft.Playwright;

namespace LiveStreams.Api.Tests.Browser;

/// <summary>A server, a way to it that breaks, somebody's web server on another origin, and Chromium with tabs of its page open.</summary>
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

    /// <summary>All that a page keeps for a test: what it has seen of the page <c>home</c>, and its states.</summary>
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

    /// <summary>The same with a server that takes its time from <paramref name="time"/>.</summary>
    public static async Task<LiveTabs> StartAsync(Chromium chromium, string[] settings, TimeProvider? time)
    {
        var pages = await PageServer.StartAsync();
        var api = await InProcessApi.StartAsync([$"--Cors:Origins={pages.Origin}", .. settings], time);
        return new LiveTabs(pages, api, restartable: null, await chromium.NewContextAsync());
    }

    /// <summary>The same with a server process, which can be killed.</summary>
    public static async Task<LiveTabs> StartRestartableAsync(Chromium chromium, params string[] settings)
    {
        var pages = await PageServer.StartAsync();
        var api = await RestartableApi.StartAsync([$"--Cors:Origins={pages.Origin}", .. settings]);
        return new LiveTabs(pages, api: null, api, await chromium.NewContextAsync());
    }

    /// <summary>A tab with this in its body, after a head that loads the script; <c>{server}</c> is where the server is.</summary>
    public async Task<IPage> OpenAsync(string body, string head = "<script src=\"{server}/livestreams.js\"></script>")
    {
        var server = Proxy.Address.TrimEnd('/');
        _pages.Html = $"<!doctype html>{head}<body>{body}".Replace("{server}", server, StringComparison.Ordinal);
        var tab = await Context.NewPageAsync();
        await tab.GotoAsync($"{_pages.Origin}/live.html");
        return tab;
    }

    /// <summary>A tab that follows the page <c>home</c> with these options, and is live.</summary>
    public async Task<IPage> FollowAsync(string options = "retry: [100, 1000]")
    {
        var tab = await OpenAsync(
            $$"""<script>const stream = new LiveStreams.LiveStream('{server}/pages/home/events', { {{options}} });{{Recording}}</script>""");
        await IsAsync(tab, "live");
        return tab;
    }

    public static Task IsAsync(IPage tab, string state) => HasAsync(tab, $"stream.state === '{state}'");

    public static Task HasAsync(IPage tab, string condition) =>
        Wait.UntilAsync(() => tab.EvaluateAsync<bool>(condition), condition);

    /// <summary>Waits until the last of these has come; then that it was all of them, in this order, once.</summary>
    public static async Task SawAsync(IPage tab, params IEnumerable<string> data)
    {
        var expected = data.ToArray();
        await Wait.UntilAsync(async () => (await tab.EvaluateAsync<string[]>("seen")).LastOrDefault() == expected.LastOrDefault(), $"{expected.LastOrDefault()}");
        Assert.Equal(expected, await tab.EvaluateAsync<string[]>("seen"));
    }

    /// <summary>Lets tabs that are opened from now on tell which of them has the connection.</summary>
    public Task RecordSourcesAsync() => Context.AddInitScriptAsync("""
        window.sources = [];
        window.EventSource = class extends EventSource {
          constructor(...given) { super(...given); window.sources.push(this); }
        };
        """);

    public static async Task<IPage> HolderAsync(List<IPage> tabs)
    {
        IPage? holder = null;
        await Wait.UntilAsync(
            async () =>
            {
                var holds = await Task.WhenAll(tabs.Select(tab => tab.EvaluateAsync<bool>("sources.some(source => source.readyState !== EventSource.CLOSED)")));
                holder = holds.Count(it => it) == 1 ? tabs[holds.IndexOf(true)] : null;
                return holder is not null;
            },
            "one tab holds the stream");
        return holder!;
    }

    public async Task<int> CountSubscribersAsync() => (await Client.GetJsonAsync("/pages/home")).GetProperty("subscribers").GetInt32();

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
