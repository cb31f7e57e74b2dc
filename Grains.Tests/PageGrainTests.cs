using System.Text;
using LiveStreams.Core;
using LiveStreams.Grains.Tests.Support;

namespace LiveStreams.Grains.Tests;

/// <summary>One page, one grain: what a publisher may count on while silos come and go.</summary>
public sealed class PageGrainTests : SiloTest
{
    private static readonly PageId _home = PageId.Parse("home ✓/1");

    public static TheoryData<string, DraftMessage, string> InvalidDrafts => new()
    {
        { "home", new DraftMessage([0xff], null, null, Keep: true), "not UTF-8" },
        { "home", new DraftMessage([], "a\nid: 7", null, Keep: true), "control characters" },
        { "home", new DraftMessage([], null, new string('k', 129), Keep: true), "1 to 128 printable ASCII characters" },
        { "home", new DraftMessage([], null, "", Keep: true), "1 to 128 printable ASCII characters" },
        { "home", new("{}"u8.ToArray(), null, null, Keep: true) { ChangesPosts = true }, "not about posts" },
        { "a\nb", new DraftMessage([], null, null, Keep: true), "U+000A" },
    };

    [Fact]
    public async Task What_is_published_through_a_grain_is_in_the_log_as_it_was()
    {
        var draft = new UpdateDraft { Data = Encoding.UTF8.GetBytes("a\n✓"), Event = "score", Key = "k" };

        var first = await Silos.Pages.PublishAsync(_home, draft, Ct);
        var again = await Silos.Pages.PublishAsync(_home, draft, Ct);
        var live = await Silos.Pages.PublishAsync(_home, new UpdateDraft { Data = "live"u8.ToArray(), Keep = false }, Ct);

        Assert.Equal((1L, false), (first.Id.Sequence, first.IsRepeat));
        Assert.Equal(PublishResult.Repeated(first.Id), again);
        Assert.True(live.Id.IsNone);
        var update = Assert.Single((await Silos.Log.ReadAsync(_home, UpdateId.None, 10, Ct)).Updates);
        Assert.Equal(("score", "a\n✓"), (update.Event, Encoding.UTF8.GetString(update.Data.Span)));
    }

    [Theory]
    [MemberData(nameof(InvalidDrafts))]
    public async Task A_draft_that_http_would_refuse_is_refused_with_the_reason(
        string page, DraftMessage draft, string reason)
    {
        var reply = await Silos.Cluster.Client.GetGrain<IPageGrain>(page).PublishAsync(draft);

        Assert.Equal(PublishOutcome.Invalid, reply.Outcome);
        Assert.Contains(reason, reply.Message, StringComparison.Ordinal);
        Assert.Equal(0, Silos.Log.Appends);
    }

    [Fact]
    public async Task Many_publishers_of_one_page_meet_in_one_activation_and_share_appends()
    {
        const int Publishes = 2000;

        var answers = await Task.WhenAll(Enumerable.Range(0, Publishes).Select(n => PublishAsync($"{n}")));

        Assert.Equal(Enumerable.Range(1, Publishes).Select(n => (long)n), answers.Select(answer => answer.Id.Sequence).Order());
        Assert.InRange(Silos.Log.Appends, Publishes / PageWriter.MaxBatch, Publishes / 4);
        Assert.Equal(1, await ActivationsAsync());
    }

    [Fact]
    public async Task A_page_that_was_put_away_comes_back_and_goes_on()
    {
        var before = await PublishAsync("before");
        await Silos.Cluster.Client.GetGrain<IManagementGrain>(0).ForceActivationCollection(TimeSpan.Zero, Ct);
        Assert.Equal(0, await ActivationsAsync());

        var after = await PublishAsync("after");

        Assert.True(after.Id.Follows(before.Id));
    }

    /// <summary>
    /// The level of grain and log: silos in this process, no HTTP. The publisher's client retries with a key, and the
    /// log is compared with what it answered. Over HTTP and for subscribers: SiloTests in Api.Tests. For a service that
    /// publishes through grains: ClusterPublisherTests there.
    /// </summary>
    [Fact]
    public async Task A_silo_killed_while_publishing_loses_no_answered_update_and_doubles_none()
    {
        const int Publishers = 16;
        const int EachPublishes = 60;
        var pages = Enumerable.Range(0, 8).Select(n => PageId.Parse($"page {n}")).ToArray();
        var published = 0;

        var publishing = Task.WhenAll(Enumerable.Range(0, Publishers).Select(async publisher =>
        {
            var answers = new List<(PageId Page, UpdateId Id, string Data)>();
            for (var n = 0; n < EachPublishes; n++)
            {
                var page = pages[(publisher + n) % pages.Length];
                var data = $"{publisher}:{n}";
                answers.Add((page, (await PublishUntilAnsweredAsync(page, data)).Id, data));
                Interlocked.Increment(ref published);
            }

            return answers;
        }));
        while (Volatile.Read(ref published) < Publishers * EachPublishes / 3)
        {
            await Task.Yield();
        }

        await Silos.Cluster.KillSiloAsync(Silos.Cluster.Silos[1], Ct);
        var answered = (await publishing.WaitAsync(TimeSpan.FromMinutes(2), Ct)).SelectMany(answers => answers).ToLookup(answer => answer.Page);

        foreach (var page in pages)
        {
            var history = (await Silos.Log.ReadAsync(page, UpdateId.None, 1000, Ct)).Updates;
            Assert.Equal(
                answered[page].OrderBy(answer => answer.Id.Sequence).Select(answer => (answer.Id, answer.Data)),
                history.Select(update => (update.Id, Encoding.UTF8.GetString(update.Data.Span))));
        }
    }

    [Fact]
    public async Task Two_activations_of_one_page_at_once_give_contiguous_ids_and_none_twice()
    {
        // Another cluster on the same Redis: each believes that it alone has the page.
        await using var other = await TestSilos.StartAsync(Redis, silos: 1);

        var answers = await Task.WhenAll(Enumerable.Range(0, 500).Select(n =>
            (n % 2 == 0 ? Silos : other).Pages.PublishAsync(_home, new UpdateDraft { Data = Encoding.UTF8.GetBytes($"{n}") }, Ct)));

        Assert.Equal(Enumerable.Range(1, 500).Select(n => (long)n), answers.Select(answer => answer.Id.Sequence).Order());
        Assert.Single(answers.Select(answer => answer.Id.Epoch).Distinct());
    }

    [Fact]
    public async Task A_store_that_is_away_is_told_to_publishers_as_what_it_is()
    {
        await PublishAsync("before");
        Redis.Pause();

        Assert.Equal(PublishStatus.Unknown, (await PublishAsync("sent")).Status);
        Assert.Equal(PublishStatus.StoreUnavailable, (await PublishAsync("not sent")).Status);
        Redis.Resume();
    }

    private Task<PublishResult> PublishAsync(string data) => Silos.Pages.PublishAsync(_home, new UpdateDraft { Data = Encoding.UTF8.GetBytes(data) }, Ct);

    private async Task<PublishResult> PublishUntilAnsweredAsync(PageId page, string data)
    {
        while (true)
        {
            var draft = new UpdateDraft { Data = Encoding.UTF8.GetBytes(data), Key = data };
            var result = await Silos.Pages.PublishAsync(page, draft, Ct);
            if (result.Status is PublishStatus.Published or PublishStatus.Repeated)
            {
                return result;
            }

            // Its silo is gone. The key makes another try safe.
            await Task.Yield();
        }
    }

    private async Task<int> ActivationsAsync()
    {
        var statistics = await Silos.Cluster.Client.GetGrain<IManagementGrain>(0).GetDetailedGrainStatistics();
        return statistics.Count(grain => grain.GrainId.Type.ToString() == "page");
    }
}
