using Microsoft.Playwright;

namespace LiveStreams.Api.Tests.Browser;

/// <summary>A tab of <see cref="LiveTabs"/> that follows several pages with one <c>LiveStream</c>.</summary>
internal static class PagesTab
{
    /// <summary>A script that records each page's updates in <c>seen</c>, and all events in <c>details</c>.</summary>
    public const string Recording = """
        const seen = {}, details = [], states = [];
        const record = stream => {
          stream.addEventListener('update', ({ detail }) => (seen[detail.page] ??= []).push(detail.data));
          for (const type of ['update', 'end', 'reset', 'presence'])
            stream.addEventListener(type, ({ detail }) => details.push({ type, ...detail }));
          stream.addEventListener('state', ({ detail }) => states.push(detail.state));
          return stream;
        };
        const urls = pages => pages.map(page => `{server}/pages/${page}/events`);
        """;

    /// <summary>Opens a tab that follows these pages, and waits until it is live.</summary>
    public static async Task<IPage> FollowAsync(LiveTabs tabs, params string[] names)
    {
        var tab = await tabs.OpenAsync($$"""
            <script>
              {{Recording}}
              const pages = ['{{string.Join("','", names)}}'];
              let stream = record(new LiveStreams.LiveStream(urls(pages), { retry: [100, 1000] }));
            </script>
            """);
        await LiveTabs.WaitForStateAsync(tab, "live");
        return tab;
    }

    /// <summary>Waits for the last of these, then asserts that the tab saw them of the page, each once.</summary>
    public static async Task AssertSeenAsync(IPage tab, string page, params string[] data)
    {
        await LiveTabs.WaitForAsync(tab, $"seen['{page}']?.at(-1) === '{data[^1]}'");
        Assert.Equal(data, await tab.EvaluateAsync<string[]>($"seen['{page}']"));
    }
}
