using LiveStreams.Core;

namespace LiveStreams.TestKit.Engines;

public abstract partial class EngineContract
{
    [Fact]
    public async Task A_repeated_key_returns_the_first_result_and_publishes_nothing()
    {
        var listener = await ListenAsync(Home);

        var first = await Log.AppendAsync(Home, Drafts.Text("a", key: "k"));
        UpdateDraft[] drafts = [Drafts.Text("b", key: "k"), Drafts.Text("c", key: "l"), Drafts.Text("d", key: "l")];
        var inOneCall = await Log.AppendAsync(Home, drafts, Ct);

        Assert.Equal(PublishResult.Repeated(first.Id), inOneCall[0]);
        Assert.False(inOneCall[1].IsRepeat);
        Assert.Equal(PublishResult.Repeated(inOneCall[1].Id), inOneCall[2]);
        await listener.AssertReceivedAsync("a", "c");
        Assert.Equal(2, (await Log.HeadAsync(Home, Ct)).Count);
    }

    [Fact]
    public async Task A_repeated_key_of_a_live_only_update_is_not_announced_again()
    {
        var listener = await ListenAsync(Home);

        await Log.AppendAsync(Home, Drafts.Text("a", key: "k", keep: false));
        var again = await Log.AppendAsync(Home, Drafts.Text("a", key: "k", keep: false));

        Assert.Equal(PublishResult.Repeated(UpdateId.None), again);
        await Log.AppendAsync(Home, Drafts.Text("b"));
        await listener.AssertReceivedAsync("a", "b");
    }

    [Fact]
    public async Task A_key_is_valid_for_one_page_and_ten_minutes()
    {
        await Log.AppendAsync(Home, Drafts.Text("a", key: "k"));

        Assert.False((await Log.AppendAsync(Other, Drafts.Text("a", key: "k"))).IsRepeat);
        Engine.Time.Advance(TimeSpan.FromMinutes(10));
        Assert.True((await Log.AppendAsync(Home, Drafts.Text("a", key: "k"))).IsRepeat);
        Engine.Time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.False((await Log.AppendAsync(Home, Drafts.Text("a", key: "k"))).IsRepeat);
    }
}
