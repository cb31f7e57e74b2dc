using LiveStreams.Core;

namespace LiveStreams.TestKit.Engines;

public abstract partial class EngineContract
{
    [Fact]
    public async Task An_ended_page_keeps_only_its_head()
    {
        var listener = await ListenAsync(Home);
        var before = await Log.AppendAsync(Home, [Drafts.Text("a"), Drafts.Posts(["p=1"])], Ct);

        var end = await Log.AppendAsync(Home, UpdateDraft.End(key: null));

        Assert.True(end.Id.Follows(before[1].Id));
        Assert.Equal(new PageHead(end.Id, 4, IsEnded: true), await Log.HeadAsync(Home, Ct));
        Assert.Equal(new PageHead(end.Id, 4, IsEnded: true), (await Log.PostsAsync(Home, Ct)).Page);
        Assert.Empty(await Log.PostsOfAsync(Home));
        var block = await Log.ReadAsync(Home, before[1].Id, 10, Ct);
        Assert.Equal((new PageReset(ResetReason.Trimmed, end.Id, Missed: 1), true), (block.Reset, block.Page.IsEnded));
        Assert.Empty((await Log.ReadAsync(Home, end.Id, 10, Ct)).Updates);
        await Wait.UntilAsync(() => listener.Received.Count == 3, "every announcement");
        var announced = listener.Received[2];
        Assert.Equal((end.Id, "end", """{"reason":"deleted"}"""), (announced.Id, announced.Event, announced.Text()));
    }

    [Fact]
    public async Task Ending_a_page_again_returns_the_first_result_and_announces_nothing()
    {
        var listener = await ListenAsync(Home);
        var end = await Log.AppendAsync(Home, Drafts.End("k"));

        Assert.Equal(PublishResult.Repeated(end.Id), await Log.AppendAsync(Home, UpdateDraft.End(key: null)));
        Assert.Equal(PublishResult.Repeated(end.Id), await Log.AppendAsync(Home, Drafts.End("k")));
        await Log.AppendAsync(Home, Drafts.Text("live", keep: false));

        Assert.Equal(new PageHead(end.Id, 2, IsEnded: true), await Log.HeadAsync(Home, Ct));
        await listener.AssertReceivedAsync("""{"reason":"deleted"}""", "live");
    }

    [Fact]
    public async Task A_repeated_key_returns_the_first_result_even_after_the_page_has_ended_again()
    {
        var first = await Log.AppendAsync(Home, Drafts.End("k"));
        await Log.AppendAsync(Home, Drafts.Text("started again"));
        await Log.AppendAsync(Home, UpdateDraft.End(key: null));

        Assert.Equal(PublishResult.Repeated(first.Id), await Log.AppendAsync(Home, Drafts.End("k")));
    }

    [Fact]
    public async Task A_publish_to_an_ended_page_starts_it_again()
    {
        await Log.AppendAsync(Home, [Drafts.Text("a"), Drafts.Posts(["p=1", "q=1", "r=1", "s=1", "t=1"])], Ct);

        UpdateDraft[] drafts = [UpdateDraft.End(key: null), Drafts.Posts(["u=1", "v=1", "p=2"]), Drafts.Text("b")];
        var results = await Log.AppendAsync(Home, drafts, Ct);

        Assert.Equal([3, 4, 5], results.Select(result => result.Id.Sequence));
        Assert.Equal(new PageHead(results[2].Id, 4), await Log.HeadAsync(Home, Ct));
        Assert.Equal(["p=2", "v=1", "u=1"], await Log.PostsOfAsync(Home));
        Assert.Equal([4, 5], (await Log.ReadAllAsync(Home, results[0].Id)).Select(update => update.Id.Sequence));
        var beforeEnd = results[0].Id.Before(results[0].Id.Sequence);
        Assert.Equal(ResetReason.Trimmed, (await Log.ReadAsync(Home, beforeEnd, 10, Ct)).Reset?.Reason);
    }
}
