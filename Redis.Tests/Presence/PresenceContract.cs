using Microsoft.Extensions.Time.Testing;

namespace LiveStreams.Redis.Tests.Presence;

/// <summary>What nodes know of each other's streams, on each kind of Redis.</summary>
public abstract class PresenceContract
{
    private readonly RedisOptions _options;

    protected PresenceContract(string connection) =>
        _options = new RedisOptions { Connection = connection, Prefix = $"{Guid.NewGuid()}:" };

    [Fact]
    public async Task Three_nodes_know_of_joins_and_leaves_at_each_other()
    {
        await using var a = await StartAsync();
        await using var b = await StartAsync();
        await using var c = await StartAsync();

        a.Set("home", 2);
        b.Set("home", 3);
        c.Set("away", 1);
        await AssertKnownAsync((a, 3, 1), (b, 2, 1), (c, 5, 0));

        a.Set("home", 1);
        b.Set("home", 0);
        c.Set("away", 4);
        await AssertKnownAsync((a, 0, 4), (b, 1, 4), (c, 1, 0));
    }

    [Fact]
    [Trait(Tier.Name, Tier.All)]
    public async Task A_node_that_starts_learns_the_whole_state_although_it_needs_several_reports()
    {
        var pages = Enumerable.Range(0, 25_000).Select(n => $"a page with a number {n}").ToList();
        await using var a = await StartAsync();
        a.Set(pages, 2);
        await using var b = await StartAsync();
        await Wait.UntilAsync(() => pages.TrueForAll(page => b.CountElsewhere(page) == 2), "b knows all pages");

        await using var c = await StartAsync();
        await Wait.UntilAsync(() => pages.TrueForAll(page => c.CountElsewhere(page) == 2), "c knows all pages");
    }

    [Fact]
    public async Task The_counts_of_a_node_that_stops_are_gone_at_once()
    {
        var time = new FakeTimeProvider();
        await using var a = await StartAsync(time);
        await using var b = await StartAsync(time);
        b.Set("home", 3);
        await AdvanceUntilAsync(time, () => a.CountElsewhere("home") == 3, "a knows b's streams");

        await b.StopAsync();

        await Wait.UntilAsync(() => a.CountElsewhere("home") == 0, "b's streams are gone, without any time passing");
    }

    [Fact]
    public async Task The_counts_of_a_node_that_dies_are_kept_for_20_s_and_no_longer()
    {
        var time = new FakeTimeProvider();
        await using var a = await StartAsync(time);
        await using var b = await StartAsync(time);
        await using var c = await StartAsync(time);
        b.Set("home", 3);
        c.Set("home", 1);
        await AdvanceUntilAsync(time, () => a.CountElsewhere("home") == 4, "a knows the streams of both");

        b.Die();
        var died = time.GetUtcNow();
        await AdvanceUntilAsync(time, () => a.CountElsewhere("home") == 1, "b's streams are gone");

        Assert.InRange((time.GetUtcNow() - died).TotalSeconds, 15, 30);
    }

    /// <summary>Advances the clock by a second for each 20 ms, in which reports arrive.</summary>
    private static async Task AdvanceUntilAsync(FakeTimeProvider time, Func<bool> condition, string expected) =>
        await Wait.UntilAsync(
            () =>
            {
                time.Advance(TimeSpan.FromSeconds(1));
                return Task.FromResult(condition());
            },
            expected);

    private static Task AssertKnownAsync(params (PresenceNode Node, int Home, int Away)[] expected) => Wait.UntilAsync(
        () => Array.TrueForAll(
            expected,
            at => (at.Node.CountElsewhere("home"), at.Node.CountElsewhere("away")) == (at.Home, at.Away)),
        "every node knows the streams of the others");

    private Task<PresenceNode> StartAsync(TimeProvider? time = null) =>
        PresenceNode.StartAsync(_options, time ?? TimeProvider.System);
}
