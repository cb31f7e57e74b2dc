using LiveStreams.Api.Tests.Cluster;

namespace LiveStreams.Api.Tests.Telemetry;

/// <summary>The metrics of servers that share a Redis.</summary>
public sealed class RedisMetricsTests(RedisMetricsTests.Servers servers) : IClassFixture<RedisMetricsTests.Servers>
{
    /// <summary>A metric, the labels that its sample must have, and what makes it grow.</summary>
    public static TheoryData<string, string, string> Rows => new()
    {
        { "livestreams_appends_total", "store=\"redis\"", "publish" },
        { "livestreams_redis_call_duration_seconds_count", "", "publish" },
        { "livestreams_gaps_found_total", "", "lose" },
        { "livestreams_gaps_filled_total", "", "lose" },
        { "livestreams_heads_compared_total", "", "lose" },
        { "livestreams_foreign_dropped_total", "reason=\"oversized\"", "confuse" },
        { "livestreams_presence_pages", "", "watch elsewhere" },
    };

    [Theory]
    [MemberData(nameof(Rows))]
    public async Task A_metric_grows_when_its_thing_happens(string metric, string labels, string action)
    {
        using var client = new ApiClient(servers.First.Address);
        using var other = new ApiClient(servers.Second.Address);
        await using var stream = await client.SubscribeAsync("home");
        var streams = new List<EventStream>();
        var before = (await MetricsText.ReadAsync(client)).Sum(metric, labels);

        await Wait.UntilAsync(
            async () =>
            {
                switch (action)
                {
                    case "publish":
                        await client.PublishAsync("home", "x");
                        break;
                    case "lose":
                        await servers.Redis.CliAsync("CLIENT", "KILL", "TYPE", "pubsub");
                        await client.PublishAsync("home", "x");
                        break;
                    case "confuse":
                        await servers.Redis.CliAsync("PUBLISH", "foreign_home", new string('x', 2000));
                        break;
                    default:
                        streams.Add(await other.SubscribeAsync($"{streams.Count}"));
                        break;
                }

                return (await MetricsText.ReadAsync(client)).Sum(metric, labels) > before;
            },
            $"{metric} {{{labels}}} is more than {before}");

        foreach (var opened in streams)
        {
            await opened.DisposeAsync();
        }
    }

    [Fact]
    public async Task Another_server_is_counted_while_it_runs()
    {
        using var client = new ApiClient(servers.First.Address);
        await WaitForAsync(client, "livestreams_presence_nodes", 1);

        using (await ServerProcess.StartAsync(servers.First.Settings))
        {
            await WaitForAsync(client, "livestreams_presence_nodes", 2);
        }
    }

    [Fact]
    public async Task A_store_that_is_away_is_seen_until_it_is_back()
    {
        using var redis = await RedisServer.StartAsync();
        using var server = await ServerProcess.StartAsync($"--Redis:Connection={redis.Connection}");
        using var client = new ApiClient(server.Address);
        foreach (var isThere in new[] { 1, 0, 1 })
        {
            if (isThere == 0)
            {
                redis.Kill();
            }
            else if (!redis.IsRunning)
            {
                await redis.StartAgainAsync();
            }

            await WaitForAsync(client, "livestreams_store_available", isThere);
            await WaitForAsync(client, "livestreams_redis_connected", isThere);
        }
    }

    [Fact]
    [Trait(Tier.Name, Tier.All)]
    public async Task Calls_of_grains_are_timed_by_the_server_and_appends_counted_by_the_silo()
    {
        using var cluster = await ClusterNodes.StartAsync(silos: 1, nodes: 1);
        using var silo = new ApiClient(cluster.Silos[0].Address);

        await cluster.Clients[0].PublishAsync("home", "x");

        await WaitForAsync(cluster.Clients[0], "livestreams_grains_call_duration_seconds_count", 1);
        await WaitForAsync(silo, "livestreams_appends_total", 1);
        await WaitForAsync(silo, "livestreams_store_available", 1);
    }

    private static Task WaitForAsync(ApiClient client, string metric, double value) => Wait.UntilAsync(
        async () => (await MetricsText.ReadAsync(client)).Samples.Any(sample =>
            sample.Key.StartsWith($"{metric}{{", StringComparison.Ordinal) && sample.Value.Equals(value)),
        $"{metric} is {value}");

    /// <summary>Two servers for all of them.</summary>
    public sealed class Servers : IAsyncLifetime
    {
        public RedisServer Redis { get; private set; } = null!;

        public ServerProcess First { get; private set; } = null!;

        public ServerProcess Second { get; private set; } = null!;

        public async ValueTask InitializeAsync()
        {
            Redis = await RedisServer.StartAsync();
            string[] settings =
            [
                $"--Redis:Connection={Redis.Connection}", "--Redis:ForeignChannels=foreign_{page}",
                "--Limits:MaxUpdateBytes=1000",
            ];
            First = await ServerProcess.StartAsync(settings);
            Second = await ServerProcess.StartAsync(settings);
        }

        public ValueTask DisposeAsync()
        {
            Second.Dispose();
            First.Dispose();
            Redis.Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
