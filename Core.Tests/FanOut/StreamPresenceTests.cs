using LiveStreams.Core.FanOut;

namespace LiveStreams.Core.Tests.FanOut;

/// <summary>Streams that are told how many streams their pages have.</summary>
public sealed class StreamPresenceTests
{
    private static readonly PageId _other = PageId.Parse("other");

    private readonly FanOutHarness _fanOut = new();

    [Fact]
    public async Task Each_new_number_comes_with_a_tick_and_no_number_comes_twice()
    {
        var stream = await OpenAsync();
        Assert.Equal("", stream.Read());
        await _fanOut.TickAsync(1);
        Assert.Equal(Number(1), await stream.ReadAsync());

        await _fanOut.TickAsync(3);
        Assert.Equal("", stream.Read());
        _fanOut.Presence.Set(FanOutHarness.Home, 4);
        Assert.Equal("", stream.Read());
        await _fanOut.TickAsync(1);
        Assert.Equal(Number(5), await stream.ReadAsync());
    }

    [Fact]
    public async Task A_stream_receives_its_first_number_although_it_is_the_same_as_before()
    {
        var first = await OpenAsync();
        var leaving = await OpenAsync();
        await _fanOut.TickAsync(1);
        Assert.Equal(Number(2), await first.ReadAsync());
        await leaving.LeaveAsync();

        var second = await OpenAsync();
        Assert.Equal("", second.Read());
        await _fanOut.TickAsync(1);

        Assert.Equal(Number(2), await second.ReadAsync());
        Assert.Equal("", first.Read());
    }

    [Fact]
    public async Task A_stream_that_does_not_ask_counts_and_is_told_nothing()
    {
        var asking = await OpenAsync();
        var silent = await OpenAsync(wantsPresence: false);
        await _fanOut.TickAsync(1);
        Assert.Equal(Number(2), await asking.ReadAsync());
        Assert.Equal("", silent.Read());

        await silent.LeaveAsync();
        await _fanOut.TickAsync(1);

        Assert.Equal(Number(1), await asking.ReadAsync());
    }

    [Fact]
    public async Task A_slow_reader_receives_only_the_newest_number()
    {
        var slow = await OpenAsync();
        await _fanOut.TickAsync(1);
        Assert.Equal(Number(1), await slow.ReadAsync());
        await _fanOut.PublishAsync(new string('x', 3 * TestReader.PipeBytes));
        await Wait.UntilAsync(() => slow.IsFlushing, "the reader is slow");
        foreach (var others in Enumerable.Range(1, 9))
        {
            _fanOut.Presence.Set(FanOutHarness.Home, others);
            await _fanOut.TickAsync(1);
        }

        var text = "";
        while (!text.EndsWith(Number(10), StringComparison.Ordinal))
        {
            text += await slow.ReadAsync();
        }

        Assert.Equal(1, text.Split("event: presence").Length - 1);
    }

    [Fact]
    public async Task Several_pages_have_their_numbers_in_envelopes_without_an_id()
    {
        var stream = await OpenPagesAsync(FanOutHarness.Home, _other);
        var home = await OpenPagesAsync(FanOutHarness.Home);
        await _fanOut.TickAsync(1);
        var told = await stream.ReadAsync();
        Assert.Contains(Envelope("home", 2), told, StringComparison.Ordinal);
        Assert.Contains(Envelope("other", 1), told, StringComparison.Ordinal);
        Assert.Equal(Envelope("home", 2), await home.ReadAsync());

        _fanOut.Presence.Set(_other, 1);
        await _fanOut.TickAsync(1);

        Assert.Equal(Envelope("other", 2), await stream.ReadAsync());
        Assert.Equal("", home.Read());
    }

    [Fact]
    public async Task A_position_that_a_filter_has_moved_is_sent_although_numbers_keep_the_stream_from_being_silent()
    {
        var stream = await OpenAsync(filter: new EventFilter(["score"]));
        var id = await _fanOut.PublishAsync("not a score");
        await Wait.UntilAsync(() => stream.Position == id.ToString(), "the update is left out");

        await _fanOut.TickAsync(1);

        Assert.Equal($"{Number(1)}id: {id}\n\n", await stream.ReadAsync());
    }

    [Fact]
    public void The_streams_of_a_page_share_the_bytes_of_a_number()
    {
        var presence = new PagePresence();
        Assert.True(presence.TryReplace(3));
        var frame = presence.Newest!.Frame;
        Assert.False(presence.TryReplace(3));
        Assert.Same(frame, presence.Newest.Frame);
        Assert.Same(frame.GetEnvelope(_other), frame.GetEnvelope(_other));
    }

    private static string Number(int subscribers) => $"event: presence\ndata: {Json(subscribers)}\n\n";

    private static string Envelope(string page, int subscribers)
    {
        var data = Json(subscribers).Replace("\"", "\\\"", StringComparison.Ordinal);
        var json = $$"""{"page":"{{page}}","id":null,"event":"presence","data":"{{data}}"}""";
        return $"event: presence\ndata: {json}\n\n";
    }

    private static string Json(int subscribers) => $$"""{"subscribers":{{subscribers}}}""";

    private Task<PipedStream> OpenAsync(EventFilter? filter = null, bool wantsPresence = true) =>
        PipedStream.OpenAsync(
            _fanOut.Feeds, StreamScope.Of(FanOutHarness.Home, filter ?? EventFilter.All, wantsPresence));

    private Task<PipedStream> OpenPagesAsync(params PageId[] pages) => PipedStream.OpenAsync(
        _fanOut.Feeds, new StreamScope(pages, EventFilter.All, UsesEnvelopes: true, WantsPresence: true));
}
