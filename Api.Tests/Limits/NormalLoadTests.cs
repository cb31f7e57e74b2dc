using System.Globalization;
using LiveStreams.Api.Tests.Support;

namespace LiveStreams.Api.Tests.Limits;

/// <summary>The default limits permit what a busy site does, even if all of its visitors share one address.</summary>
[Collection(nameof(Alone))]
public sealed class NormalLoadTests
{
    private const int Pages = 500;
    private const int StreamsPerPage = 10;
    private const int UpdatesPerSecond = 1_000;
    private const int Updates = 10 * UpdatesPerSecond;

    [Fact]
    [Trait(Tier.Name, Tier.All)]
    public async Task Five_thousand_streams_and_a_thousand_updates_a_second_are_not_refused_anything()
    {
        using var api = await ServerProcess.StartAsync();
        var streams = new List<RawHttp>();
        try
        {
            for (var n = 0; n < Pages * StreamsPerPage; n++)
            {
                var stream = await RawHttp.ConnectAsync(api.Address, from: "127.0.0.5");
                streams.Add(stream);
                await stream.SendAsync($"GET /pages/{n % Pages}/events HTTP/1.1\r\nHost: x\r\n\r\n");
                Assert.StartsWith("HTTP/1.1 200", await stream.ReceiveAsync(), StringComparison.Ordinal);
            }

            var startMessages = api.Output;
            var last = Task.WhenAll(streams.Select(ReceiveLastUpdateAsync));
            using var flood = await PublishFlood.ConnectAsync(api.Address, "127.0.0.6");
            await flood.RunAsync(Updates, UpdatesPerSecond, n => (n % Pages).ToString(CultureInfo.InvariantCulture));
            await last.BoundedAsync();

            Assert.Equal(Updates, flood.Responses(2));
            Assert.Equal(startMessages, api.Output);
        }
        finally
        {
            streams.ForEach(stream => stream.Dispose());
        }
    }

    // The id of a page's last update ends with its sequence. A stream that is cut fails here.
    private static async Task ReceiveLastUpdateAsync(RawHttp stream)
    {
        var end = $"-{Updates / Pages}\ndata: x\n\n";
        for (var text = ""; !text.Contains(end, StringComparison.Ordinal);)
        {
            var part = await stream.ReceiveAsync(most: 4096);
            Assert.NotEqual("", part);
            text = string.Concat(text.AsSpan(Math.Max(0, text.Length - end.Length)), part);
        }
    }
}
