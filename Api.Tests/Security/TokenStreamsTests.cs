using System.IO.Pipelines;
using System.Text;
using LiveStreams.Api.Security;
using LiveStreams.Core;
using LiveStreams.Core.FanOut;
using LiveStreams.Core.Memory;
using LiveStreams.Core.Metrics;
using LiveStreams.Core.Posts;
using LiveStreams.Core.Unsent;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace LiveStreams.Api.Tests.Security;

/// <summary>When streams with a token end. The test advances a fake clock.</summary>
public sealed class TokenStreamsTests : IDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly FeedRegistry _feeds;
    private readonly TokenStreams _streams;
    private readonly SigningKey _key = SigningKey.FromSecret(new byte[32], kid: null);

    public TokenStreamsTests()
    {
        var bus = new LocalBus();
        _feeds = new FeedRegistry(
            new BoundedReadLog(new MemoryLog(new HistoryOptions(), new PostOptions(), bus, _time), _time),
            bus,
            new LocalPresence(),
            new SubscriberOptions(),
            UnsentLimits.None,
            ServerMetrics.CreateUnread(),
            _time);
        _streams = new TokenStreams(
            new RevokedTokens(new AuthOptions(), _time, NullLogger<RevokedTokens>.Instance), _time);
    }

    [Fact]
    public async Task Streams_end_at_different_times_in_the_last_fifth_of_their_tokens_life()
    {
        var streams = await OpenAsync(100, expiresIn: 100);
        Assert.Equal(0, await CountEndedAfterAsync(streams, 79));
        Assert.InRange(await CountEndedAfterAsync(streams, 11), 20, 80);
        Assert.Equal(100, await CountEndedAfterAsync(streams, 10));
        Assert.All(streams, stream => Assert.Matches(@"\Aretry: [2-4][0-9]{3}\n\n\z", stream.Text));
        Assert.Equal(0, _feeds.SubscriberCount);
    }

    [Fact]
    public async Task A_stream_whose_key_is_removed_ends_at_once()
    {
        var streams = await OpenAsync(10, expiresIn: 1_000_000);
        Assert.Equal(0, await CountEndedAfterAsync(streams, 60));
        _key.Retire();
        Assert.Equal(10, await CountEndedAfterAsync(streams, 1));
    }

    [Fact]
    public async Task A_stream_whose_token_expired_within_the_clock_skew_lasts_for_the_rest_of_the_skew()
    {
        var streams = await OpenAsync(10, expiresIn: -10);
        Assert.Equal(0, await CountEndedAfterAsync(streams, 15));
        Assert.Equal(10, await CountEndedAfterAsync(streams, 6));
    }

    public void Dispose() => _streams.Dispose();

    private async Task<List<OpenStream>> OpenAsync(int count, int expiresIn)
    {
        var token = new Token(
            "somebody", null, new(null, null, null), null!, _time.GetUtcNow().AddSeconds(expiresIn), _key);
        var streams = new List<OpenStream>();
        for (var i = 0; i < count; i++)
        {
            var subscriber = await _feeds.SubscribeAsync(
                StreamScope.Of(PageId.Parse("home"), EventFilter.All),
                "owner",
                lease: null,
                TestContext.Current.CancellationToken);
            streams.Add(new OpenStream(subscriber, token, _streams));
        }

        return streams;
    }

    private async Task<int> CountEndedAfterAsync(List<OpenStream> streams, int seconds)
    {
        for (var i = 0; i < seconds; i++)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            _streams.CloseExpired();
        }

        // A stream that was asked to end completes by itself.
        var ended = streams.FindAll(stream => stream.HasEnded);
        await Task.WhenAll(ended.Select(stream => stream.Running));
        return ended.Count;
    }

    private sealed class OpenStream
    {
        private readonly Pipe _pipe = new();
        private readonly Subscriber _subscriber;

        public OpenStream(Subscriber subscriber, Token token, TokenStreams streams)
        {
            _subscriber = subscriber;
            streams.Add(subscriber, token);
            Running = RunAsync(subscriber);
        }

        public bool HasEnded => _subscriber.HasEnded;

        public Task Running { get; }

        private async Task RunAsync(Subscriber subscriber)
        {
            using (subscriber)
            {
                subscriber.Pages[0].Start(new StartPosition(UpdateId.None, HistoryRequested: false));
                await subscriber.RunAsync(
                    new EventStreamBody(new PipeOutput(_pipe.Writer)),
                    () => Assert.Fail("The stream was cut off."),
                    CancellationToken.None);
            }
        }

        public string Text => _pipe.Reader.TryRead(out var result) ? Encoding.UTF8.GetString(result.Buffer) : "";
    }
}
