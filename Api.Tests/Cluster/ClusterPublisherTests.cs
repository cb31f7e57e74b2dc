using LiveStreams.Api.Tests.Support;

namespace LiveStreams.Api.Tests.Cluster;

/// <summary><c>examples/cluster-publisher</c>: a service that publishes through grains.</summary>
[Collection(nameof(Alone))]
public sealed class ClusterPublisherTests
{
    private const int Publishers = 4;
    private const int Pages = 3;
    private const int UpdatesEach = 480;

    [Fact]
    [Trait(Tier.Name, Tier.All)]
    public async Task The_example_prints_the_id_of_each_published_line()
    {
        using var cluster = await ClusterNodes.StartAsync(silos: 1, nodes: 1);
        string[] lines = ["Kick-off!", "", "1:0 ✓"];

        using var publisher = await StartAsync(cluster, "home", lines);
        var (exitCode, ids, errors) = await publisher.ExitAsync();

        Assert.Equal((0, "", lines.Length), (exitCode, errors, ids.Length));
        await using var stream = await cluster.Clients[0].SubscribeAsync("home", query: "?from=earliest");
        foreach (var (id, line) in ids.Zip(lines))
        {
            var update = await stream.NextAsync();
            Assert.Equal((id, line), (update.EventId, update.Data));
        }
    }

    [Theory]
    [Trait(Tier.Name, Tier.All)]
    [InlineData("--Redis:Connection=localhost:1 --Page=home", "Redis at localhost:1 does not answer. Is it running, ")]
    [InlineData("--Redis:Connection=localhost:1", "Needs --Redis:Connection, the Redis of the silos, and --Page, ")]
    [InlineData("--Page=home", "Needs --Redis:Connection, the Redis of the silos, and --Page, ")]
    public async Task The_example_prints_one_sentence_when_it_cannot_start(string settings, string expected)
    {
        using var publisher = await PublisherProcess.StartAsync(settings.Split(' '), ["x"]);
        var (exitCode, ids, errors) = await publisher.ExitAsync();

        Assert.Equal(1, exitCode);
        Assert.StartsWith(expected, Assert.Single(errors.Split('\n')), StringComparison.Ordinal);
        Assert.Empty(ids);
    }

    /// <summary>
    /// Tests at the level of a service: the example program, which retries, keeps its order and loses nothing while
    /// silos are killed and restarted, even all of them at once.
    /// </summary>
    [Fact, Trait(Tier.Name, Tier.All)]
    public async Task No_acknowledged_update_is_lost_or_duplicated_when_silos_are_killed_one_by_one_and_all_at_once()
    {
        using var cluster = await ClusterNodes.StartAsync(silos: 2, nodes: 1);
        var starting = Enumerable.Range(0, Publishers).Select(n => StartAsync(cluster, PageOf(n), Lines(n)));
        var publishers = await Task.WhenAll(starting);
        try
        {
            await WaitForAcknowledgedAsync(publishers, Publishers * UpdatesEach / 3);
            await cluster.KillAndRestartSiloAsync(0);
            await WaitForAcknowledgedAsync(publishers, Publishers * UpdatesEach * 2 / 3);
            await Task.WhenAll(cluster.KillAndRestartSiloAsync(0), cluster.KillAndRestartSiloAsync(1));
            var ends = await Task.WhenAll(publishers.Select(publisher => publisher.ExitAsync()));

            Assert.All(ends, end => Assert.True(end.ExitCode == 0, end.Errors));
            Assert.Contains(ends, end => end.Errors.Contains("Trying again", StringComparison.Ordinal));
            Assert.All(ends, end => Assert.Equal(UpdatesEach, end.Ids.Length));
            Assert.All(ends, end => Assert.Equal(end.Ids.OrderBy(ApiClient.SequenceOf), end.Ids));
            var acknowledged = ends.Select((end, n) => (Page: PageOf(n), Updates: end.Ids.Zip(Lines(n))));
            foreach (var page in acknowledged.GroupBy(end => end.Page))
            {
                await AssertHasExactlyAsync(cluster.Clients[0], page.Key, [.. page.SelectMany(end => end.Updates)]);
            }
        }
        finally
        {
            Array.ForEach(publishers, publisher => publisher.Dispose());
        }
    }

    private static Task WaitForAcknowledgedAsync(PublisherProcess[] publishers, int updates) => Wait.UntilAsync(
        () => publishers.Any(publisher => publisher.HasExited)
            || publishers.Sum(publisher => publisher.Acknowledged) >= updates,
        $"{updates} updates are acknowledged");

    /// <summary>Publishes one more update, which must directly follow these: the page has no others.</summary>
    private static async Task AssertHasExactlyAsync(
        ApiClient client,
        string page,
        List<(string Id, string Line)> acknowledged)
    {
        acknowledged.Add((await client.PublishAsync(page, "last"), "last"));
        await using var stream = await client.SubscribeAsync(page, query: "?from=earliest");
        Assert.Equal(
            acknowledged.Select(update => (ApiClient.SequenceOf(update.Id), update.Line)).Order(),
            await stream.CollectAsync(acknowledged.Count));
    }

    private static Task<PublisherProcess> StartAsync(ClusterNodes cluster, string page, IEnumerable<string> lines) =>
        PublisherProcess.StartAsync([$"--Redis:Connection={cluster.Connection}", $"--Page={page}"], lines);

    private static string PageOf(int publisher) => $"page {publisher % Pages}";

    private static IEnumerable<string> Lines(int publisher) =>
        Enumerable.Range(0, UpdatesEach).Select(n => $"{publisher}:{n}");
}
