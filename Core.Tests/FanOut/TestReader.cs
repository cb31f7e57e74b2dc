using System.IO.Pipelines;
using System.Net.ServerSentEvents;
using System.Text;
using LiveStreams.Core.FanOut;
using LiveStreams.Core.Metrics;

namespace LiveStreams.Core.Tests.FanOut;

/// <summary>The client of a subscriber. It reads when the test says so, from a pipe as limited as a socket.</summary>
internal sealed class TestReader(object? owner = null)
{
    public const int PipeBytes = 64 * 1024;

    /// <summary>A writer that waits for room continues when fewer bytes are left.</summary>
    private const int ResumeBytes = PipeBytes / 2;

    private readonly Pipe _pipe = new(new PipeOptions(
        pauseWriterThreshold: PipeBytes, resumeWriterThreshold: ResumeBytes, useSynchronizationContext: false));
    private IAsyncEnumerator<SseItem<string>>? _events;
    private Subscriber? _subscriber;
    private int _aborts;

    public int Aborts => Volatile.Read(ref _aborts);

    /// <summary>The subscriber has written everything and waits for news.</summary>
    public bool IsWaiting => _subscriber!.WakeSignal.IsWaiting;

    /// <summary>The subscriber waits because the pipe is full.</summary>
    public bool IsFlushing => _subscriber!.IsFlushing;

    /// <summary>The subscriber waits until the client has taken more from the pipe.</summary>
    public bool IsFull => TryPeek(out var bytes) && bytes >= ResumeBytes && IsFlushing;

    public Task Running { get; private set; } = Task.CompletedTask;

    public async Task StartAsync(
        FeedRegistry feeds, PageId page, UpdateId position, bool historyRequested = false, bool wantsSnapshots = false)
    {
        _subscriber = await JoinAsync(feeds, page);
        _subscriber.Pages[0].Start(new StartPosition(position, historyRequested, wantsSnapshots));
        Running = RunAsync();
    }

    /// <summary>Starts with a snapshot.</summary>
    public async Task StartWithSnapshotAsync(FeedRegistry feeds, PageId page)
    {
        _subscriber = await JoinAsync(feeds, page);
        var head = await _subscriber.Pages[0].ReadSnapshotAsync(TestContext.Current.CancellationToken);
        _subscriber.Pages[0].Start(new StartPosition(head.Head, HistoryRequested: false, WantsSnapshots: true));
        Running = RunAsync();
    }

    /// <summary>Reads until the stream ends.</summary>
    public async Task<List<SseItem<string>>> ReadToEndAsync()
    {
        _events ??= SseParser.Create(_pipe.Reader.AsStream()).EnumerateAsync().GetAsyncEnumerator();
        var items = new List<SseItem<string>>();
        while (await _events.MoveNextAsync().AsTask().BoundedAsync())
        {
            items.Add(_events.Current);
        }

        return items;
    }

    public async Task<SseItem<string>> NextAsync()
    {
        _events ??= SseParser.Create(_pipe.Reader.AsStream()).EnumerateAsync().GetAsyncEnumerator();
        Assert.True(await _events.MoveNextAsync().AsTask().BoundedAsync(), "The stream ended.");
        return _events.Current;
    }

    public async Task<string> NextDataAsync() => (await NextAsync()).Data;

    public async Task<string[]> NextDataAsync(int count)
    {
        var data = new string[count];
        for (var i = 0; i < count; i++)
        {
            data[i] = await NextDataAsync();
        }

        return data;
    }

    /// <summary>The bytes that have arrived and not been read, as text.</summary>
    public async Task<string> BytesAsync()
    {
        var result = await _pipe.Reader.ReadAsync(TestContext.Current.CancellationToken).AsTask().BoundedAsync();
        var text = Encoding.UTF8.GetString(result.Buffer);
        _pipe.Reader.AdvanceTo(result.Buffer.End);
        return text;
    }

    /// <summary>Takes what has arrived, or <paramref name="most"/> bytes of it.</summary>
    public async Task TakeAsync(int most)
    {
        var result = await _pipe.Reader.ReadAsync(TestContext.Current.CancellationToken).AsTask().BoundedAsync();
        _pipe.Reader.AdvanceTo(result.Buffer.GetPosition(Math.Min(most, result.Buffer.Length)));
    }

    public bool TryPeek(out long bytes)
    {
        bytes = 0;
        if (!_pipe.Reader.TryRead(out var result))
        {
            return false;
        }

        bytes = result.Buffer.Length;
        _pipe.Reader.AdvanceTo(result.Buffer.Start);
        return true;
    }

    /// <summary>Ends the stream, as the server does.</summary>
    public void End() => _subscriber!.EndGracefully(StreamEnd.Stopping);

    public async Task LeaveAsync()
    {
        _subscriber!.OnDisconnected();
        await _pipe.Reader.CompleteAsync();
        await Running.BoundedAsync();
    }

    private ValueTask<Subscriber> JoinAsync(FeedRegistry feeds, PageId page) =>
        JoinAsync(feeds, StreamScope.Of(page, EventFilter.All));

    private ValueTask<Subscriber> JoinAsync(FeedRegistry feeds, StreamScope scope) => feeds.SubscribeAsync(
        scope, owner ?? "reader", lease: null, TestContext.Current.CancellationToken);

    // As a server does: the pipe is completed, so that its flush does not wait any longer.
    private void Abort()
    {
        Interlocked.Increment(ref _aborts);
        _pipe.Writer.CancelPendingFlush();
    }

    private async Task RunAsync()
    {
        using (_subscriber)
        {
            await _subscriber!.RunAsync(_pipe.Writer, Abort);
        }

        await _pipe.Writer.CompleteAsync();
    }
}
