using System.IO.Pipelines;
using System.Text;
using LiveStreams.Core.FanOut;
using LiveStreams.TestKit.Engines;

namespace LiveStreams.Core.Tests.FanOut;

/// <summary>The loop of a stream of several pages.</summary>
public sealed class SeveralPagesTests
{
    private static readonly PageId _other = PageId.Parse("other");

    private readonly FanOutHarness _fanOut = new();
    private readonly Pipe _pipe = new();
    private Subscriber? _subscriber;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task While_the_store_does_not_respond_to_one_page_another_goes_on_with_live_updates()
    {
        await _fanOut.PublishAsync(1, 10);
        using var subscriber = _subscriber = await JoinAsync();
        foreach (var page in subscriber.Pages)
        {
            page.Start(new StartPosition(UpdateId.None, HistoryRequested: true));
        }

        _fanOut.Log.Hold(page => page == FanOutHarness.Home);
        var running = subscriber.RunAsync(_pipe.Writer);
        await Wait.UntilAsync(IsFirstPageGivenUp, "the read of the first page is given up");

        await _fanOut.Log.AppendAsync(_other, Drafts.Text("live"));

        Assert.Contains("\"data\":\"live\"", await ReadAsync(), StringComparison.Ordinal);
        _fanOut.Log.Release();
        await _fanOut.TickAsync(1);
        Assert.Contains("\"data\":\"10\"", await ReadAsync(), StringComparison.Ordinal);
        subscriber.OnDisconnected();
        await running.BoundedAsync();
    }

    [Fact]
    public async Task Its_cursors_leave_their_feeds_with_it()
    {
        var subscriber = await JoinAsync();
        Assert.Equal(1, _fanOut.Feeds.SubscriberCount);
        Assert.Equal(1, _fanOut.Feeds.GetSubscriberCount(_other));

        subscriber.Dispose();

        Assert.Equal(0, _fanOut.Feeds.SubscriberCount);
        Assert.Equal(0, _fanOut.Feeds.GetSubscriberCount(_other));
        Assert.Equal(0, _fanOut.Feeds.GetSubscriberCount(FanOutHarness.Home));
    }

    private bool IsFirstPageGivenUp()
    {
        _fanOut.Time.Advance(TimeSpan.FromSeconds(1.5));
        return _subscriber!.Pages[0].IsStoreUnavailable;
    }

    private ValueTask<Subscriber> JoinAsync() => _fanOut.Feeds.SubscribeAsync(
        new StreamScope([FanOutHarness.Home, _other], EventFilter.All, UsesEnvelopes: true),
        "owner", lease: null, Ct);

    private async Task<string> ReadAsync()
    {
        var read = await _pipe.Reader.ReadAsync(Ct).AsTask().BoundedAsync();
        var text = Encoding.UTF8.GetString(read.Buffer);
        _pipe.Reader.AdvanceTo(read.Buffer.End);
        return text;
    }
}
