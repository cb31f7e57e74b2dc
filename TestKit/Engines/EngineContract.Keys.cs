using LiveStreams.Core;

namespace LiveStreams.TestKit.Engines;

public abstract partial class EngineContract
{
    [Fact]
    public async Task A_repeated_key_returns_the_first_result_and_publishes_nothing()
    {
        var listener = await ListenAsync(Home);

        var first = await Log.AppendAsync(Home, Drafts.Text("a", key: "k"));
        UpdateDraft[] drafts = [Drafts.Text("a", key: "k"), Drafts.Text("c", key: "l"), Drafts.Text("c", key: "l")];
        var inOneCall = await Log.AppendAsync(Home, drafts, Ct);

        Assert.Equal(PublishResult.Repeated(first.Id), inOneCall[0]);
        Assert.False(inOneCall[1].IsRepeat);
        Assert.Equal(PublishResult.Repeated(inOneCall[1].Id), inOneCall[2]);
        await listener.AssertReceivedAsync("a", "c");
        Assert.Equal(2, (await Log.HeadAsync(Home, Ct)).Count);
    }

    public static TheoryData<string> OtherDrafts => ["data", "event", "live only", "posts", "end"];

    [Theory]
    [MemberData(nameof(OtherDrafts))]
    public async Task A_key_used_for_another_draft_is_refused_and_publishes_nothing(string difference)
    {
        const string Json = """{"renders":{},"removals":["p"]}""";
        var draft = Drafts.Text(Json, key: "k");
        var other = difference switch
        {
            "data" => Drafts.Text(Json + " ", key: "k"),
            "event" => Drafts.Text(Json, key: "k", name: "score"),
            "live only" => Drafts.Text(Json, key: "k", keep: false),
            "posts" => Drafts.Posts([], ["p"], key: "k"),
            _ => Drafts.End("k"),
        };
        var listener = await ListenAsync(Home);

        var first = await Log.AppendAsync(Home, draft);
        var refused = await Log.AppendAsync(Home, other);
        var inOneCall = await Log.AppendAsync(Other, [other, draft], Ct);

        Assert.Equal(PublishResult.KeyReused, refused);
        Assert.Equal([PublishStatus.Published, PublishStatus.KeyReused], inOneCall.Select(result => result.Status));
        Assert.Equal(PublishResult.Repeated(first.Id), await Log.AppendAsync(Home, draft));
        Assert.Equal(new PageHead(first.Id, 1), await Log.HeadAsync(Home, Ct));
        await Log.AppendAsync(Home, Drafts.Text("last"));
        await listener.AssertReceivedAsync(Json, "last");
    }

    [Fact]
    public async Task Event_name_and_data_of_a_draft_are_told_apart()
    {
        await Log.AppendAsync(Home, Drafts.Text("bc", key: "k", name: "a"));

        var other = await Log.AppendAsync(Home, Drafts.Text("c", key: "k", name: "ab"));

        Assert.Equal(PublishResult.KeyReused, other);
    }

    [Fact]
    public async Task A_key_is_valid_in_its_scope_only()
    {
        UpdateDraft[] drafts =
        [
            Drafts.Text("a", key: "k"),
            Drafts.Text("b", key: "k", scope: "x"),
            Drafts.Text("c", key: "k", scope: "y"),
            Drafts.Text("d", key: "k"),
        ];
        var inOneCall = await Log.AppendAsync(Home, drafts, Ct);
        var again = await Log.AppendAsync(Home, drafts, Ct);

        Assert.Equal([1, 2, 3, 0], inOneCall.Select(result => result.Id.Sequence));
        Assert.Equal(
            [
                PublishResult.Repeated(inOneCall[0].Id),
                PublishResult.Repeated(inOneCall[1].Id),
                PublishResult.Repeated(inOneCall[2].Id),
                PublishResult.KeyReused,
            ],
            again);
    }

    [Fact]
    public async Task A_key_that_another_publisher_has_used_for_a_live_only_update_swallows_no_update()
    {
        await Log.AppendAsync(Home, Drafts.Text("nonsense", key: "goal-2", keep: false, scope: "x"));
        var inAnotherScope = await Log.AppendAsync(Home, Drafts.Text("GOAL 2:0", key: "goal-2", scope: "y"));
        await Log.AppendAsync(Home, Drafts.Text("nonsense", key: "goal-2", keep: false));
        var inTheSameScope = await Log.AppendAsync(Home, Drafts.Text("GOAL 2:0", key: "goal-2"));

        Assert.Equal((PublishStatus.Published, 1L), (inAnotherScope.Status, inAnotherScope.Id.Sequence));
        Assert.Equal(PublishResult.KeyReused, inTheSameScope);
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
