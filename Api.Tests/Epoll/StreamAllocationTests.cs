using System.Net.Sockets;
using System.Text;
using LiveStreams.Api.Tests.Support;
using Microsoft.Extensions.Time.Testing;

namespace LiveStreams.Api.Tests.Epoll;

/// <summary>
/// What the server allocates for one more open stream, from the publish to the socket. The readers of this test block,
/// so they allocate nothing.
/// </summary>
[Collection(nameof(Alone))]
public sealed class StreamAllocationTests
{
    private const int Few = 10;
    private const int Many = 410;

    /// <summary>Half of the smallest object of .NET.</summary>
    private const double MaxBytes = 12;

#if DEBUG
    /// <summary>
    /// Without optimisation the compiler makes an object of each async method's state, so four heartbeats need some.
    /// </summary>
    private const double MaxSilentBytes = 4 * 420;
#else
    private const double MaxSilentBytes = MaxBytes;
#endif

    private readonly byte[] _received = new byte[4096];

    [Fact]
    public async Task An_update_allocates_nothing_for_one_more_stream()
    {
        const int Updates = 100;
        Assert.InRange(await CompareAsync(Updates, PublishAsync), double.MinValue, MaxBytes);
    }

    [Fact]
    public async Task A_silent_stream_allocates_nothing_in_a_minute()
    {
        const int Minutes = 20;
        Assert.InRange(await CompareAsync(Minutes, PassMinuteAsync), double.MinValue, MaxSilentBytes);
    }

    private static async Task<double> CompareAsync(int turns, Func<Server, Task> turnAsync)
    {
        var few = await MeasureAsync(Few, turns, turnAsync);
        var many = await MeasureAsync(Many, turns, turnAsync);
        return (double)(many - few) / turns / (Many - Few);
    }

    // The first turns do what is done only once.
    private static async Task<long> MeasureAsync(int streams, int turns, Func<Server, Task> turnAsync)
    {
        await using var server = await Server.StartAsync(streams);
        for (var n = 0; n < turns; n++)
        {
            await turnAsync(server);
        }

        var before = GC.GetTotalAllocatedBytes(precise: true);
        for (var n = 0; n < turns; n++)
        {
            await turnAsync(server);
        }

        return GC.GetTotalAllocatedBytes(precise: true) - before;
    }

    private async Task PublishAsync(Server server)
    {
        await server.Publisher.PublishAsync("page", "an update");
        foreach (var stream in server.Streams)
        {
            ReceiveUntil(stream, "an update"u8);
        }
    }

    /// <summary>Each stream gets the heartbeats of a minute, one every 15 seconds.</summary>
    private Task PassMinuteAsync(Server server)
    {
        for (var n = 0; n < 4; n++)
        {
            foreach (var stream in server.Streams)
            {
                server.WaitForInput(stream);
                ReceiveUntil(stream, ":"u8);
            }
        }

        return Task.CompletedTask;
    }

    private void ReceiveUntil(Socket stream, ReadOnlySpan<byte> text)
    {
        int count;
        do
        {
            count = stream.Receive(_received);
        }
        while (count > 0 && _received.AsSpan(0, count).IndexOf(text) < 0);
        if (count == 0)
        {
            Assert.Fail("The stream has ended.");
        }
    }

    private sealed class Server : IAsyncDisposable
    {
        private readonly FakeTimeProvider _time = new(TimeProvider.System.GetUtcNow());
        private InProcessApi? _api;

        public ApiClient Publisher { get; private set; } = null!;

        public List<Socket> Streams { get; } = [];

        public static async Task<Server> StartAsync(int streams)
        {
            var server = new Server();
            server._api = await InProcessApi.StartAsync(
                ["--Store=memory", "--Limits:ReadsPerSecondPerAddress=0"], server._time);
            server.Publisher = new ApiClient(server._api.Address);
            for (var n = 0; n < streams; n++)
            {
                server.Streams.Add(server.Open());
            }

            return server;
        }

        /// <summary>Lets time pass until something can be read.</summary>
        public void WaitForInput(Socket stream)
        {
            while (!stream.Poll(TimeSpan.FromMilliseconds(1), SelectMode.SelectRead))
            {
                _time.Advance(TimeSpan.FromSeconds(1));
            }
        }

        public async ValueTask DisposeAsync()
        {
            Streams.ForEach(static stream => stream.Dispose());
            Publisher.Dispose();
            await _api!.DisposeAsync();
        }

        // Only synchronous calls: otherwise .NET handles the socket asynchronously, which allocates.
        private Socket Open()
        {
            var stream = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp)
            {
                ReceiveTimeout = 20_000,
            };
            stream.Connect(_api!.Address.Host, _api.Address.Port);
            stream.Send(Encoding.ASCII.GetBytes("GET /pages/page/events HTTP/1.1\r\nHost: x\r\n\r\n"));
            var received = new byte[4096];
            var head = "";
            while (!head.Contains("id: 0\n\n", StringComparison.Ordinal))
            {
                head += Encoding.ASCII.GetString(received, 0, stream.Receive(received));
            }

            return stream;
        }
    }
}
