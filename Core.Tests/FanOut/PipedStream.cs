using System.IO.Pipelines;
using System.Text;
using LiveStreams.Core.FanOut;

namespace LiveStreams.Core.Tests.FanOut;

/// <summary>A stream whose bytes the test takes as text, from a pipe as limited as a socket.</summary>
internal sealed class PipedStream
{
    private readonly Pipe _pipe = new(new PipeOptions(
        pauseWriterThreshold: TestReader.PipeBytes, useSynchronizationContext: false));
    private readonly Subscriber _subscriber;
    private readonly Task _running;

    private PipedStream(Subscriber subscriber)
    {
        _subscriber = subscriber;
        _running = RunAsync();
    }

    /// <summary>The stream waits until its reader takes more.</summary>
    public bool IsFlushing => _subscriber.IsFlushing;

    /// <summary>Where a client would resume.</summary>
    public string? Position => _subscriber.Position;

    /// <summary>Opens a stream that starts now.</summary>
    public static async Task<PipedStream> OpenAsync(FeedRegistry feeds, StreamScope scope)
    {
        var subscriber = await feeds.SubscribeAsync(
            scope, "owner", lease: null, TestContext.Current.CancellationToken);
        foreach (var page in subscriber.Pages)
        {
            page.Start(new StartPosition(page.NewestHere, HistoryRequested: false));
        }

        return new PipedStream(subscriber);
    }

    /// <summary>Takes what has arrived.</summary>
    public string Read() => _pipe.Reader.TryRead(out var result) ? Take(result) : "";

    /// <summary>Takes what has arrived, at least one byte.</summary>
    public async Task<string> ReadAsync() =>
        Take(await _pipe.Reader.ReadAsync(TestContext.Current.CancellationToken).AsTask().BoundedAsync());

    public async Task LeaveAsync()
    {
        _subscriber.OnDisconnected();
        await _pipe.Reader.CompleteAsync();
        await _running.BoundedAsync();
    }

    private async Task RunAsync()
    {
        using (_subscriber)
        {
            await _subscriber.RunAsync(_pipe.Writer);
        }
    }

    private string Take(ReadResult result)
    {
        var text = Encoding.UTF8.GetString(result.Buffer);
        _pipe.Reader.AdvanceTo(result.Buffer.End);
        return text;
    }
}
