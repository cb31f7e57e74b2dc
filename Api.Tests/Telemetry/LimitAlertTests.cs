using System.Net.Sockets;

namespace LiveStreams.Api.Tests.Telemetry;

/// <summary>The alerts about limits (<see cref="AlertTests"/>).</summary>
[Trait(Tier.Name, Tier.All)]
public sealed class LimitAlertTests
{
    [Fact]
    public async Task Requests_that_are_refused()
    {
        using var server = await ServerProcess.StartAsync("--Store=memory", "--Limits:PublishesPerSecond=1");
        using var client = new ApiClient(server.Address);
        using var prometheus = await PrometheusServer.StartAsync(server.Address);

        await prometheus.AssertFiresAndClearsAsync(
            ["LiveStreamsRefusals"],
            cause: async () => (await client.PostAsync("home", "x")).Dispose(),
            end: () => Task.CompletedTask);
    }

    [Fact]
    public async Task Connections_that_are_refused()
    {
        const string Crowd = "127.0.0.2";
        using var server = await ServerProcess.StartAsync(
            "--Store=memory", "--Limits:MaxConnectionsPerAddress=5", "--Proxies:Trusted=10.0.0.1");
        using var prometheus = await PrometheusServer.StartAsync(server.Address);

        await prometheus.AssertFiresAndClearsAsync(
            ["LiveStreamsConnectionsRefused"],
            cause: async () =>
            {
                var crowd = new List<RawHttp>();
                try
                {
                    for (var i = 0; i < 10; i++)
                    {
                        crowd.Add(await RawHttp.ConnectAsync(server.Address, from: Crowd));
                    }
                }
                catch (SocketException)
                {
                    // The server has closed the connection already.
                }

                crowd.ForEach(static connection => connection.Dispose());
            },
            end: () => Task.CompletedTask);
    }

    [Fact]
    public async Task Streams_near_their_limit()
    {
        using var server = await ServerProcess.StartAsync("--Store=memory", "--Limits:MaxSubscribers=10");
        using var client = new ApiClient(server.Address);
        using var prometheus = await PrometheusServer.StartAsync(server.Address);
        var streams = new List<EventStream>();
        while (streams.Count < 9)
        {
            streams.Add(await client.SubscribeAsync("home"));
        }

        await prometheus.AssertFiresAndClearsAsync(
            ["LiveStreamsNearStreamLimit"],
            cause: () => Task.CompletedTask,
            end: () => Task.WhenAll(streams.Select(stream => stream.DisposeAsync().AsTask())));
    }

    [Fact]
    public async Task Readers_that_are_cut_to_save_memory()
    {
        const int Readers = 20;
        var update = new string('x', 200_000);
        using var server = await ServerProcess.StartAsync(
            [.. ServerProcess.Unthrottled, "--Store=memory", "--Limits:MaxUnsentBytes=1048576"]);
        using var client = new ApiClient(server.Address);
        using var prometheus = await PrometheusServer.StartAsync(server.Address);

        await prometheus.AssertFiresAndClearsAsync(
            ["LiveStreamsReadersCut"],
            cause: async () =>
            {
                // Each holds an update of its own page.
                var readers = new List<StoppedReader>();
                for (var n = 0; n < Readers; n++)
                {
                    var page = $"{Guid.NewGuid()}";
                    readers.Add(await StoppedReader.OpenAsync(server.Address, page, "1.1"));
                    for (var i = 0; i < 4; i++)
                    {
                        await client.PublishAsync(page, update);
                    }
                }

                readers.ForEach(static reader => reader.Dispose());
            },
            end: () => Task.CompletedTask);
    }
}
