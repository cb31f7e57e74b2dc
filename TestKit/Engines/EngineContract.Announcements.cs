using LiveStreams.Core;

namespace LiveStreams.TestKit.Engines;

public abstract partial class EngineContract
{
    [Fact]
    public async Task A_live_only_update_is_announced_and_not_stored()
    {
        var listener = await ListenAsync(Home);

        var live = await Log.AppendAsync(Home, Drafts.Text("live", keep: false));
        var kept = await Log.AppendAsync(Home, Drafts.Text("kept"));

        Assert.True(live.Id.IsNone);
        Assert.Equal(1, kept.Id.Sequence);
        Assert.Equal(["kept"], (await Log.ReadAllAsync(Home, UpdateId.None)).Select(update => update.Text()));
        await listener.AssertReceivedAsync("live", "kept");
        Assert.Equal([UpdateId.None, kept.Id], listener.Received.Select(update => update.Id));
    }

    [Fact]
    public async Task An_announced_update_can_be_read_at_once_and_is_the_same()
    {
        var reading = new TaskCompletionSource<Task<HistoryBlock>>();
        await ListenAsync(Home, update =>
            reading.SetResult(Log.ReadAsync(Home, update.Id.Before(update.Id.Sequence), 1, default).AsTask()));

        await Log.AppendAsync(Home, Drafts.Text("a", name: "n"));

        var update = Assert.Single((await (await reading.Task.BoundedAsync()).BoundedAsync()).Updates);
        Assert.Equal(("a", "n", Engine.Time.GetUtcNow()), (update.Text(), update.Event, update.Time));
    }

    [Fact]
    public async Task The_span_of_a_publish_is_announced_with_its_update()
    {
        const string Span = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
        var listener = await ListenAsync(Home);

        await Log.AppendAsync(Home, Drafts.Text("kept") with { TraceParent = Span });
        await Log.AppendAsync(Home, Drafts.Text("live", keep: false) with { TraceParent = Span });
        await Log.AppendAsync(Home, Drafts.Text("not traced"));
        await Log.AppendAsync(Home, Drafts.Text("no span") with { TraceParent = "\"},{\"" });

        await listener.AssertReceivedAsync("kept", "live", "not traced", "no span");
        Assert.Equal([Span, Span, null, null], listener.Received.Select(update => update.TraceParent));
    }

    [Fact]
    public async Task A_listener_receives_the_updates_of_its_page_until_it_unsubscribes()
    {
        var listener = new RecordingListener();
        var subscription = await Engine.Bus.SubscribeAsync(Home, listener, Ct);
        var stays = await ListenAsync(Home);

        await Log.AppendAsync(Other, Drafts.Text("other"));
        await Log.AppendAsync(Home, Drafts.Text("received"));
        await listener.AssertReceivedAsync("received");
        await subscription.DisposeAsync();
        await Log.AppendAsync(Home, Drafts.Text("not received"));

        await stays.AssertReceivedAsync("received", "not received");
        await listener.AssertReceivedAsync("received");
    }

    [Fact]
    public async Task Concurrent_writers_get_contiguous_sequences_that_are_announced_in_order()
    {
        const int Writers = 8;
        const int EachWrites = 50;
        Engine.History.MaxUpdates = Writers * EachWrites;
        var listener = await ListenAsync(Home);

        var results = await Task.WhenAll(Enumerable.Range(0, Writers).Select(async writer =>
        {
            var ids = new List<UpdateId>();
            for (var n = 0; n < EachWrites; n++)
            {
                ids.Add((await Task.Run(() => Log.AppendAsync(Home, Drafts.Text($"{writer}:{n}")), Ct)).Id);
            }

            return ids;
        }));

        var expected = Enumerable.Range(1, Writers * EachWrites).Select(n => (long)n).ToArray();
        Assert.Equal(expected, results.SelectMany(ids => ids).Select(id => id.Sequence).Order());
        await Wait.UntilAsync(() => listener.Received.Count >= expected.Length, "every announcement");
        Assert.Equal(expected, listener.Received.Select(update => update.Id.Sequence));
        Assert.Equal(expected, (await Log.ReadAllAsync(Home, UpdateId.None)).Select(update => update.Id.Sequence));
        Assert.All(results, ids => Assert.Equal(ids.OrderBy(id => id.Sequence), ids));
    }

    private async Task<RecordingListener> ListenAsync(PageId page, Action<Update>? onUpdate = null)
    {
        var listener = new RecordingListener(onUpdate);
        await Engine.Bus.SubscribeAsync(page, listener, Ct);
        return listener;
    }
}
