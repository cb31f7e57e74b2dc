using System.Net.Sockets;
using System.Text;

namespace LiveStreams.Api.Tests.Limits;

/// <summary>
/// Publishes to a page at intervals, and measures how long each update takes to reach the page's subscriber. It has its
/// own thread and sockets, so that it does not measure how busy this process is.
/// </summary>
internal sealed class LatencyProbe : IDisposable
{
    private static readonly TimeSpan _pause = TimeSpan.FromMilliseconds(20);
    private readonly Socket _publisher;
    private readonly Socket _subscriber;
    private readonly ManualResetEventSlim _stopping = new();

    public LatencyProbe(Uri server)
    {
        _publisher = Connect(server);
        _subscriber = Connect(server);
        _subscriber.Send("GET /pages/quiet/events HTTP/1.1\r\nHost: x\r\n\r\n"u8);
        ReceiveUntil(_subscriber, "id: 0\n\n");
    }

    /// <summary>Measures until <paramref name="busy"/> has ended. Returns the latencies in ascending order.</summary>
    public async Task<List<TimeSpan>> MeasureAsync(Task busy)
    {
        var latencies = new List<TimeSpan>();
        var measuring = Task.Factory.StartNew(
            () => Measure(latencies), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        try
        {
            await busy;
        }
        finally
        {
            _stopping.Set();
            await measuring;
            _stopping.Reset();
        }

        latencies.Sort();
        return latencies;
    }

    public void Dispose()
    {
        _publisher.Dispose();
        _subscriber.Dispose();
        _stopping.Dispose();
    }

    private static Socket Connect(Uri server)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp)
        {
            NoDelay = true,
            ReceiveTimeout = 20_000,
        };
        socket.Connect(server.Host, server.Port);
        return socket;
    }

    private static void ReceiveUntil(Socket socket, string end)
    {
        var buffer = new byte[4096];
        for (var text = ""; !text.Contains(end, StringComparison.Ordinal);)
        {
            var received = socket.Receive(buffer);
            Assert.NotEqual(0, received);
            text += Encoding.UTF8.GetString(buffer, 0, received);
        }
    }

    private void Measure(List<TimeSpan> latencies)
    {
        while (!_stopping.Wait(_pause))
        {
            var data = $"{Guid.NewGuid()}";
            var start = TimeProvider.System.GetTimestamp();
            _publisher.Send(
                Encoding.ASCII.GetBytes(
                    $"POST /pages/quiet/updates HTTP/1.1\r\nHost: x\r\nContent-Length: {data.Length}\r\n\r\n{data}"));
            ReceiveUntil(_subscriber, $"data: {data}\n\n");
            latencies.Add(TimeProvider.System.GetElapsedTime(start));
            ReceiveUntil(_publisher, "}");
        }
    }
}
