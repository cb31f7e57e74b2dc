using System.Diagnostics.Metrics;
using System.Net.Sockets;
using LiveStreams.Api.Epoll;
using LiveStreams.Api.Tests.Support;
using LiveStreams.Core;
using LiveStreams.Core.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace LiveStreams.Api.Tests.Epoll;

/// <summary>One thread serves many connections, so none of them may keep it.</summary>
public sealed class ReactorTests
{
    private const string Publish = "POST /pages/flood/updates HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\nx";

    /// <summary>The body comes after its request, so what the server does with it begins when it is received.</summary>
    [Fact]
    public async Task A_request_that_blocks_its_thread_holds_up_no_other_connection()
    {
        const string Batch = "{\"page\":\"blocked\",\"data\":1}\n";
        using var released = new ManualResetEventSlim();
        BlockingRouter? router = null;
        await using var api = await InProcessApi.StartAsync(
            ["--Store=memory"],
            time: null,
            services => services.Replace(ServiceDescriptor.Singleton<IPublishRouter>(provider => router =
                new BlockingRouter(provider.GetRequiredService<IPageLog>(), released))));
        var others = await ConnectAsync(api, "others");
        var blocked = await ConnectAsync(api, "others");
        try
        {
            await Task.WhenAll(blocked.Select(raw => raw.SendAsync(
                "POST /updates HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-ndjson\r\n"
                + $"Content-Length: {Batch.Length}\r\n\r\n")));
            await PublishAsync(others);
            await Task.WhenAll(blocked.Select(raw => raw.SendAsync(Batch)));
            await Wait.UntilAsync(() => router!.Blocked == blocked.Count, "the requests block their threads");
            await PublishAsync(others);
        }
        finally
        {
            released.Set();
        }

        foreach (var raw in blocked)
        {
            Assert.StartsWith("HTTP/1.1 200", await raw.ReceiveAsync(), StringComparison.Ordinal);
            raw.Dispose();
        }

        others.ForEach(static raw => raw.Dispose());
    }

    [Fact]
    public async Task A_client_that_sends_without_end_gets_no_more_than_its_share()
    {
        const int Requests = 100;
        const int MostBetween = 500;
        await using var api = await InProcessApi.StartAsync(
            "--Store=memory", "--Limits:PublishesPerSecond=0", "--Limits:PublishesPerSecondPerPage=0");
        var floods = await ConnectAsync(api, "flood");
        using var stop = new CancellationTokenSource();
        var flooding = floods.ConvertAll(raw => Task.WhenAll(SendAsync(raw, stop.Token), ReceiveAsync(raw)));
        using var client = new ApiClient(api.Address);
        var before = ApiClient.SequenceOf(await client.PublishAsync("flood", "begin"));
        for (var n = 0; n < Requests; n++)
        {
            await client.PublishAsync("calm", $"{n}");
        }

        var flooded = ApiClient.SequenceOf(await client.PublishAsync("flood", "end")) - before;
        await stop.CancelAsync();
        await Task.WhenAll(flooding);
        Assert.InRange(flooded, Requests, Requests * MostBetween * floods.Count);
        floods.ForEach(static raw => raw.Dispose());
    }

    [Fact]
    public async Task A_turn_that_takes_long_is_counted()
    {
        var services = new ServiceCollection().AddMetrics();
        await using var provider = services.BuildServiceProvider();
        var meters = provider.GetRequiredService<IMeterFactory>();
        var time = new FakeTimeProvider();
        var delays = 0L;
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, self) =>
        {
            if (instrument.Name == "livestreams.connections.delays" && instrument.Meter.Scope == meters)
            {
                self.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<long>((_, value, _, _) => Interlocked.Add(ref delays, value));
        listener.Start();
        using var reactor = new EpollReactor(
            new EpollTargets(),
            new ServerMetrics(meters.Create(ServerMetrics.MeterName), "none"),
            time,
            NullLogger<EpollReactor>.Instance);
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        List<int> turns = [5, 19, 25, 1, 21];
        var target = new SlowTarget((int)socket.Handle, reactor, turns, time);
        reactor.Watch(target, EpollEvents.Writable);
        await Wait.UntilAsync(() => target.Turns > turns.Count, "all turns have ended");
        Assert.Equal(2, Volatile.Read(ref delays));
    }

    private static async Task PublishAsync(List<RawHttp> connections)
    {
        foreach (var raw in connections)
        {
            await raw.SendAsync(Publish);
            Assert.StartsWith("HTTP/1.1 201", await raw.ReceiveAsync(), StringComparison.Ordinal);
        }
    }

    // Each reactor has at least one of them.
    private static async Task<List<RawHttp>> ConnectAsync(InProcessApi api, string page)
    {
        var connections = new List<RawHttp>();
        for (var n = 0; n < EpollReactors.Count; n++)
        {
            var raw = await RawHttp.ConnectAsync(api.Address);
            await raw.SendAsync(Publish.Replace("flood", page, StringComparison.Ordinal));
            Assert.StartsWith("HTTP/1.1 201", await raw.ReceiveAsync(), StringComparison.Ordinal);
            connections.Add(raw);
        }

        return connections;
    }

    private static async Task SendAsync(RawHttp raw, CancellationToken stop)
    {
        var many = string.Concat(Enumerable.Repeat(Publish, 100));
        while (!stop.IsCancellationRequested)
        {
            await raw.SendAsync(many);
        }

        raw.EndSending();
    }

    private static async Task ReceiveAsync(RawHttp raw) => await raw.ReceiveToEndAsync();

    private sealed class SlowTarget(
        int descriptor, EpollReactor reactor, List<int> turns, FakeTimeProvider time)
        : EpollTarget(descriptor)
    {
        private int _turns;

        public int Turns => Volatile.Read(ref _turns);

        public override void OnReady(uint events)
        {
            // The turn after the last shows that the last is counted.
            if (_turns < turns.Count)
            {
                time.Advance(TimeSpan.FromMilliseconds(turns[_turns]));
            }
            else
            {
                reactor.Unwatch(this);
            }

            Interlocked.Increment(ref _turns);
        }
    }

    /// <summary>Blocks the thread that publishes to the page "blocked".</summary>
    private sealed class BlockingRouter(IPageLog log, ManualResetEventSlim released) : IPublishRouter
    {
        private readonly LocalPublishRouter _router = new(log, ServerMetrics.CreateUnread(), TimeProvider.System);
        private int _blocked;

        public int Blocked => Volatile.Read(ref _blocked);

        public Task<PublishResult> PublishAsync(
            PageId page, UpdateDraft draft, CancellationToken cancellationToken)
        {
            if (page.Value == "blocked")
            {
                Interlocked.Increment(ref _blocked);
                released.Wait(cancellationToken);
            }

            return _router.PublishAsync(page, draft, cancellationToken);
        }
    }
}
