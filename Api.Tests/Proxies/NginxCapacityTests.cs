using System.Globalization;
using System.Text.RegularExpressions;
using LiveStreams.Api.Tests.Support;

namespace LiveStreams.Api.Tests.Proxies;

/// <summary>How many streams the nginx of <c>deploy/proxies</c> holds.</summary>
[Collection(nameof(Alone))]
public sealed class NginxCapacityTests
{
    [Fact]
    public async Task Connections_and_open_files_suffice_for_the_documented_number_of_streams()
    {
        var configuration = await Repository.ReadAsync("deploy/proxies/nginx.conf");
        var document = await Repository.ReadAsync("docs/deploy/proxies.md");
        var streams = NumberIn(document, "This configuration holds ([0-9,]+)");
        var connections = NumberIn(configuration, "worker_connections ([0-9]+);");
        var files = NumberIn(configuration, "worker_rlimit_nofile ([0-9]+);");

        Assert.InRange(connections, 2 * streams, int.MaxValue);
        Assert.InRange(files, connections + 50, int.MaxValue);
    }

    [Fact]
    [Trait(Tier.Name, Tier.All)]
    public async Task More_streams_than_a_default_worker_could_hold_are_open_at_once()
    {
        const int Streams = 4_600;
        const int AtOnce = 200;
        await using var api = await InProcessApi.StartAsync("--Store=memory");
        using var nginx = await ProxyServer.StartAsync(ProxyProgram.Nginx, api.Address);
        using var client = new ApiClient(nginx.Address);
        var streams = new List<RawHttp>();
        try
        {
            while (streams.Count < Streams)
            {
                streams.AddRange(await Task.WhenAll(Enumerable.Range(0, AtOnce).Select(_ => OpenAsync(nginx.Address))));
            }

            await client.PublishAsync("home", "for everyone");
            foreach (var stream in streams)
            {
                Assert.Contains("for everyone", await stream.ReceiveAsync(), StringComparison.Ordinal);
            }
        }
        finally
        {
            streams.ForEach(stream => stream.Dispose());
        }
    }

    private static int NumberIn(string text, string pattern) =>
        int.Parse(
            Regex.Match(text, pattern).Groups[1].Value, NumberStyles.AllowThousands, CultureInfo.InvariantCulture);

    private static async Task<RawHttp> OpenAsync(Uri address)
    {
        var stream = await RawHttp.ConnectAsync(address);
        await stream.SendAsync("GET /pages/home/events HTTP/1.1\r\nHost: x\r\n\r\n");
        var opening = await stream.ReceiveAsync();
        Assert.StartsWith("HTTP/1.1 200 ", opening, StringComparison.Ordinal);
        while (!opening.Contains("\nid: ", StringComparison.Ordinal))
        {
            opening += await stream.ReceiveAsync();
        }

        return stream;
    }
}
