using System.IO.Pipelines;
using LiveStreams.Api.Epoll;
using LiveStreams.Api.Limits;
using LiveStreams.Core.FanOut;

namespace LiveStreams.Api.Kestrel;

/// <summary>
/// An event stream that has left Kestrel: its descriptor, its <see cref="Subscriber"/>, and nothing else. The turn of
/// the subscriber owns the descriptor.
/// </summary>
internal sealed class DetachedStream(
    DetachedStreams streams,
    EpollReactor reactor,
    int descriptor,
    Subscriber subscriber,
    StrayInput input,
    ClientAddress? counted)
    : EpollSocket(reactor, descriptor), IStreamOutput, IStreamHost
{
    private StrayInput _input = input;
    private volatile bool _isAborted;

    public bool IsChunked => true;

    // Nothing is copied: what was not sent stays where it is.
    public int PieceBytes => 0;

    /// <summary>The address that the connection counts for; null if for none.</summary>
    public ClientAddress? Counted => counted;

    /// <summary>Starts the stream. From then on, this closes the descriptor.</summary>
    public void Start()
    {
        try
        {
            Open();
        }
        catch (IOException)
        {
            // The client is gone, and nobody would say so again.
            subscriber.OnDisconnected();
        }

        try
        {
            subscriber.Start(new EventStreamBody(this), this);
        }
        catch (Exception exception)
        {
            OnEnded(exception);
        }
    }

    public int TrySend(ReadOnlySpan<byte> bytes) => Send(bytes);

    public ValueTask<FlushResult> FlushAsync(ReadOnlySpan<byte> bytes, out int taken)
    {
        taken = 0;
        return WaitToSendAsync();
    }

    public void Abort()
    {
        _isAborted = true;
        Disconnect();
    }

    public void OnEnded(Exception? exception)
    {
        try
        {
            subscriber.Dispose();
        }
        catch (Exception failed)
        {
            exception ??= failed;
        }

        Close(_isAborted || exception is not null);
        streams.OnEnded(this, exception);
    }

    protected override void OnReceived(ReadOnlySpan<byte> bytes)
    {
        if (!_input.MayIgnore(bytes))
        {
            streams.CountCut();
            Abort();
        }
    }

    // Off the reactor's thread: leaving the feeds of many pages takes time, and thousands may be gone at once.
    protected override void OnDisconnected() => ThreadPool.UnsafeQueueUserWorkItem(
        static subscriber => subscriber.OnDisconnected(), subscriber, preferLocal: false);
}
