using System.Collections.Concurrent;
using System.Text.RegularExpressions;
using LiveStreams.Api.Tests.Support;

namespace LiveStreams.Api.Tests.Cluster;

/// <summary>Servers that are silos themselves (<c>Orleans:Silo=true</c>).</summary>
[Collection(nameof(Alone))]
public sealed partial class ServerSiloTests
{
    private const int Pages = 12;
    private const int Publishers = 16;
    private const int Updates = 2400;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    [Trait(Tier.Name, Tier.All)]
    public async Task Updates_published_at_two_servers_that_are_silos_reach_the_streams_of_both()
    {
        using var cluster = await ClusterNodes.StartServersAsync(2);
        await using var streamA = await cluster.Clients[0].SubscribeAsync("home");
        await using var streamB = await cluster.Clients[1].SubscribeAsync("home");

        foreach (var (server, data) in new[] { (0, "one"), (1, "two"), (0, "three") })
        {
            await cluster.Clients[server].PublishAsync("home", data);
        }

        (long, string)[] expected = [(1, "one"), (2, "two"), (3, "three")];
        Assert.Equal(expected, await streamA.CollectAsync(3));
        Assert.Equal(expected, await streamB.CollectAsync(3));
        Assert.Matches(SiloSentence(), cluster.Servers[0].Output);
    }

    [Fact]
    [Trait(Tier.Name, Tier.All)]
    public async Task A_server_that_is_a_silo_and_one_that_is_a_client_of_it_work_together()
    {
        using var cluster = await ClusterNodes.StartServersAsync(1);
        await cluster.AddServerAsync();
        await using var stream = await cluster.Clients[1].SubscribeAsync("home");
        await using var other = await cluster.Clients[0].SubscribeAsync("home");

        await cluster.Clients[1].PublishAsync("home", "through the client");
        await cluster.Clients[0].PublishAsync("home", "through the silo");

        (long, string)[] expected = [(1, "through the client"), (2, "through the silo")];
        Assert.Equal(expected, await stream.CollectAsync(2));
        Assert.Equal(expected, await other.CollectAsync(2));
        Assert.DoesNotContain("Pages:", cluster.Servers[1].Output, StringComparison.Ordinal);
    }

    [Fact]
    [Trait(Tier.Name, Tier.All)]
    public async Task A_killed_server_that_is_a_silo_loses_no_acknowledged_update_and_duplicates_none()
    {
        using var cluster = await ClusterNodes.StartServersAsync(2);
        var acknowledged = Enumerable.Range(0, Pages).Select(_ => new ConcurrentDictionary<long, string>()).ToArray();
        var published = 0;
        var streams = new List<EventStream>();
        for (var page = 0; page < Pages; page++)
        {
            streams.Add(await cluster.Clients[1].SubscribeAsync($"page {page}"));
        }

        var watching = Task.WhenAll(streams.Select(stream => stream.CollectAsync(Updates / Pages)));
        var publishing = Task.WhenAll(Enumerable.Range(0, Publishers).Select(async publisher =>
        {
            for (var n = publisher; n < Updates; n += Publishers)
            {
                var id = await PublishAtEitherAsync(cluster, first: n % 2, $"page {n % Pages}", $"update {n}");
                Assert.True(acknowledged[n % Pages].TryAdd(ApiClient.SequenceOf(id), $"update {n}"));
                Interlocked.Increment(ref published);
            }
        }));
        await Wait.UntilAsync(
            () => Volatile.Read(ref published) >= Updates / 3,
            "a third of the updates are published");
        await cluster.Servers[0].KillAsync();
        await publishing.WaitAsync(TimeSpan.FromMinutes(2), Ct);

        var seen = await watching;
        for (var page = 0; page < Pages; page++)
        {
            Assert.Equal(
                acknowledged[page].OrderBy(pair => pair.Key).Select(pair => (pair.Key, pair.Value)),
                seen[page]);
        }
    }

    /// <summary>
    /// A reader that does not take the end of its stream uses up the time that the web server has. The silo has its
    /// own.
    /// </summary>
    [Fact]
    [Trait(Tier.Name, Tier.All)]
    public async Task A_server_that_stops_ends_its_streams_and_then_its_silo_leaves_gracefully()
    {
        using var cluster = await ClusterNodes.StartServersAsync(2);
        await using var stream = await cluster.Clients[0].SubscribeAsync("home");
        using var stalled = await RawHttp.ConnectAsync(cluster.Servers[0].Address, receiveBuffer: 4096);
        await stalled.SendAsync("GET /pages/home/events HTTP/1.1\r\nHost: x\r\n\r\n");
        Assert.NotEmpty(await stalled.ReceiveAsync(most: 64));
        for (var n = 0; n < 40; n++)
        {
            await cluster.Clients[1].PublishUntilAnsweredAsync("home", new string('x', 200_000), key: $"{n}");
        }

        await stream.NextDataAsync(40);
        cluster.Servers[0].Terminate();
        Assert.Null(await stream.NextOrEndAsync());
        for (var n = 0; n < 100; n++)
        {
            await cluster.Clients[1].PublishUntilAnsweredAsync($"page {n % 7}", $"{n}", key: $"{n}");
        }

        Assert.Equal(0, await cluster.Servers[0].ExitAsync());
        Assert.Single(Statuses().Matches(await cluster.ReadMembersAsync()), member => member.Value == "\"Status\":6");
        Assert.DoesNotContain("ungraceful", cluster.Servers[0].Output, StringComparison.Ordinal);
    }

    /// <summary>Publishes with a key, at one server and then at the other, until one of them confirms it.</summary>
    private static async Task<string> PublishAtEitherAsync(ClusterNodes cluster, int first, string page, string data)
    {
        for (var attempt = first; ; attempt++)
        {
            try
            {
                using var response = await cluster.Clients[attempt % 2].PostAsync(page, data, key: data);
                if (response.IsSuccessStatusCode)
                {
                    return (await ApiClient.JsonAsync(response)).GetProperty("id").GetString()!;
                }

                Assert.Equal(System.Net.HttpStatusCode.ServiceUnavailable, response.StatusCode);
            }
            catch (HttpRequestException)
            {
                // The server was killed, perhaps before it responded.
            }

            await Wait.PauseAsync();
        }
    }

    [GeneratedRegex(
        @"^Pages: in grains; the silo of the cluster livestreams listens on 127\.0\.0\.1:\d+, for clients on port \d+",
        RegexOptions.Multiline)]
    private static partial Regex SiloSentence();

    [GeneratedRegex("\"Status\":\\d")]
    private static partial Regex Statuses();
}
