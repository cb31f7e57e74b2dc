using LiveStreams.Api.Tests.Support;

namespace LiveStreams.Api.Tests.Browser;

/// <summary>Tabs that cannot share a connection, because Web Locks are missing or denied, have their own.</summary>
public sealed class UnsharedStreamTests(Chromium chromium)
{
    [Fact]
    [Trait(Tier.Name, Tier.All)]
    public async Task Every_tab_opens_its_own_stream_in_a_browser_without_web_locks()
    {
        await using var tabs = await LiveTabs.StartRestartableAsync(chromium);
        await tabs.Context.AddInitScriptAsync("Object.defineProperty(navigator, 'locks', { value: undefined })");
        var one = await tabs.FollowAsync();
        var other = await tabs.FollowAsync();
        await Wait.UntilAsync(async () => await tabs.CountSubscribersAsync() == 2, "each tab has a stream");
        await tabs.Client.PublishAsync("home", "1");
        await tabs.KillAndRestartServerAsync();
        await tabs.Client.PublishAsync("home", "2");

        await LiveTabs.AssertSeenAsync(one, "1", "2");
        await LiveTabs.AssertSeenAsync(other, "1", "2");
    }

    [Fact]
    public async Task A_tab_opens_its_own_stream_when_locks_are_denied()
    {
        await using var tabs = await LiveTabs.StartAsync(chromium);
        await tabs.Context.AddInitScriptAsync(
            "LockManager.prototype.request = async () => { throw new DOMException('', 'SecurityError'); }");
        var tab = await tabs.FollowAsync();
        await tabs.Client.PublishAsync("home", "1");

        await LiveTabs.AssertSeenAsync(tab, "1");
    }
}
