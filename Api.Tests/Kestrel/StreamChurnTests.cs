using LiveStreams.Api.Tests.Fuzz;

namespace LiveStreams.Api.Tests.Kestrel;

/// <summary>
/// Thousands of clients connect and leave in every rude way while a page is published to. The descriptors of those that
/// left are used again at once.
/// </summary>
public sealed class StreamChurnTests
{
    private const int Innocents = 20;
    private const int Clients = 8;
    private const int VisitsPerUpdate = 4;
    private const string Request = "GET /pages/home/events HTTP/1.1\r\nHost: x\r\n\r\n";

    private static readonly Func<Uri, Task>[] _visits =
        [LeaveAsync, ResetAsync, EndSendingAsync, SendJunkAsync, SayNothingAsync, AskAndGoAsync, StopReadingAsync];

    [Theory]
    [InlineData("epoll", 1000)]
    [InlineData("sockets", 400)]
    public async Task Rude_clients_leave_no_descriptor_and_no_stream_and_disturb_nobody(string transport, int visits) =>
        await ChurnAsync(transport, visits);

    [Fact]
    [Trait(Tier.Name, Tier.All)]
    public async Task A_hundred_thousand_rude_clients_leave_no_descriptor_and_no_stream_and_disturb_nobody() =>
        await ChurnAsync("epoll", 100_000);

    private static async Task ChurnAsync(string transport, int visits)
    {
        using var server = await ServerProcess.StartAsync(
            [.. ServerProcess.Unthrottled, "--Store=memory", $"--Transport={transport}"]);
        using var client = new ApiClient(server.Address);
        var before = ServerResources.CountSockets(server);
        var innocents = new List<EventStream>();
        for (var i = 0; i < Innocents; i++)
        {
            innocents.Add(await client.SubscribeAsync("home"));
        }

        var reading = innocents.ConvertAll(ReadToLastAsync);

        await Task.WhenAll(Enumerable.Range(0, Clients).Select(n => VisitAsync(client, server, n, visits / Clients)));
        var published = ApiClient.SequenceOf(await client.PublishAsync("home", "last"));

        // Each has received each update once, and in order.
        var counts = await Task.WhenAll(reading);
        Assert.All(counts, count => Assert.Equal(published, count));
        await Wait.UntilAsync(
            async () => (await client.GetJsonAsync("/pages/home")).GetProperty("subscribers").GetInt32() == Innocents,
            "only the innocent streams are left");
        foreach (var innocent in innocents)
        {
            await innocent.DisposeAsync();
        }

        client.Dispose();
        await Wait.UntilAsync(
            () => ServerResources.CountSockets(server) <= before, "no descriptor of a connection is left");
        Assert.DoesNotContain("fail:", server.Output, StringComparison.Ordinal);
    }

    private static async Task<long> ReadToLastAsync(EventStream stream)
    {
        for (var sequence = 1L; ; sequence++)
        {
            var update = await stream.NextAsync();
            Assert.Equal(sequence, ApiClient.SequenceOf(update.EventId!));
            if (update.Data == "last")
            {
                return sequence;
            }
        }
    }

    private static async Task VisitAsync(ApiClient client, ServerProcess server, int first, int count)
    {
        for (var n = 0; n < count; n++)
        {
            await _visits[(first + n) % _visits.Length](server.Address);
            if (n % VisitsPerUpdate == 0)
            {
                await client.PublishAsync("home", "an update");
            }
        }
    }

    private static async Task<RawHttp> OpenAsync(Uri address)
    {
        var raw = await RawHttp.ConnectAsync(address);
        await raw.SendAsync(Request);
        Assert.StartsWith("HTTP/1.1 200", await raw.ReceiveAsync(), StringComparison.Ordinal);
        return raw;
    }

    private static async Task LeaveAsync(Uri address)
    {
        using var raw = await OpenAsync(address);
    }

    private static async Task ResetAsync(Uri address)
    {
        using var raw = await OpenAsync(address);
        raw.Reset();
    }

    private static async Task EndSendingAsync(Uri address)
    {
        using var raw = await OpenAsync(address);
        raw.EndSending();
        await raw.ReceiveToEndAsync();
    }

    private static async Task SendJunkAsync(Uri address)
    {
        using var raw = await OpenAsync(address);
        await raw.SendAsync("junk");
        await raw.ReceiveToEndAsync();
    }

    private static async Task SayNothingAsync(Uri address)
    {
        using var raw = await RawHttp.ConnectAsync(address);
    }

    private static async Task AskAndGoAsync(Uri address)
    {
        using var raw = await RawHttp.ConnectAsync(address);
        await raw.SendAsync(Request);
        raw.Reset();
    }

    private static async Task StopReadingAsync(Uri address)
    {
        using var raw = await RawHttp.ConnectAsync(address, receiveBuffer: 2304);
        await raw.SendAsync(Request);
        await raw.ReceiveAsync(most: 100);
    }
}
