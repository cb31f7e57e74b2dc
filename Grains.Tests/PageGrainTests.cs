using System.Text;
using LiveStreams.Core;
using LiveStreams.Grains.Tests.Support;
using LiveStreams.TestKit.Engines;

namespace LiveStreams.Grains.Tests;

/// <summary>Publishing to a page through its grain, also while silos start and stop.</summary>
public sealed class PageGrainTests : OwnSilosTests
{
    private static readonly PageId _home = PageId.Parse("home ✓/1");

    public static TheoryData<string, DraftMessage, string> InvalidDrafts => new()
    {
        { "home", new DraftMessage([0xff], null, null, Keep: true), "not valid UTF-8" },
        { "home", new DraftMessage([], "a\nid: 7", null, Keep: true), "control characters" },
        { "home", new DraftMessage([], null, new string('k', 129), Keep: true), "1 to 128 printable ASCII characters" },
        { "home", new DraftMessage([], null, "", Keep: true), "1 to 128 printable ASCII characters" },
        { "home", new([], null, "k", Keep: true) { KeyScope = new string('s', 65) }, "at most 64 characters" },
        { "home", new("{}"u8.ToArray(), null, null, Keep: true) { ChangesPosts = true }, "does not describe changes" },
        { "home", new("""{"renders":1}"""u8.ToArray(), null, null, Keep: true), "'renders' must be an object" },
        { "a\nb", new DraftMessage([], null, null, Keep: true), "U+000A" },
    };

    [Fact]
    public async Task An_update_published_through_a_grain_is_in_the_log_unchanged()
    {
        var draft = new UpdateDraft { Data = Encoding.UTF8.GetBytes("a\n✓"), Event = "score", Key = new("k") };

        var first = await Silos.Pages.PublishAsync(_home, draft, Ct);
        var again = await Silos.Pages.PublishAsync(_home, draft, Ct);
        var liveOnly = new UpdateDraft { Data = "live"u8.ToArray(), Keep = false };
        var live = await Silos.Pages.PublishAsync(_home, liveOnly, Ct);

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
    public async Task A_draft_that_looks_like_a_change_of_posts_is_one_as_over_http()
    {
        var data = """{"renders":{"a":{"show":true,"content":"1"}}}"""u8.ToArray();
        foreach (var (name, keep) in new[] { ("score", true), (null, false), ("message", true) })
        {
            Assert.Empty(await Silos.Log.PostsOfAsync(_home));
            await Silos.Cluster.Client.GetGrain<IPageGrain>(_home.Value).PublishAsync(new(data, name, null, keep));
        }

        Assert.Equal(["a=1"], await Silos.Log.PostsOfAsync(_home));
    }

    [Fact]
    public async Task Many_publishers_of_one_page_share_one_activation_and_its_appends()
    {
        const int Publishes = 2000;

        var results = await Task.WhenAll(Enumerable.Range(0, Publishes).Select(n => PublishAsync($"{n}")));

        AssertContiguous(results);
        Assert.InRange(Silos.Log.Appends, Publishes / PageWriter.MaxBatch, Publishes / 4);
        Assert.Equal(1, await ActivationsAsync());
    }

    [Fact]
    public async Task A_deactivated_page_is_activated_again_and_continues_its_sequence()
    {
        var before = await PublishAsync("before");
        await Silos.Cluster.Client.GetGrain<IManagementGrain>(0).ForceActivationCollection(TimeSpan.Zero, Ct);
        Assert.Equal(0, await ActivationsAsync());

        var after = await PublishAsync("after");

        Assert.True(after.Id.Follows(before.Id));
    }

    /// <summary>
    /// The level of grain and log: silos in this process, no HTTP. The publisher's client retries with a key, and the
    /// log is compared with the results. Over HTTP and for subscribers: SiloTests in Api.Tests. For a service that
    /// publishes through grains: ClusterPublisherTests there.
    /// </summary>
    [Fact]
    public async Task A_silo_killed_while_publishing_loses_no_confirmed_update_and_doubles_none()
    {
        const int Publishers = 16;
        const int EachPublishes = 60;
        var pages = Enumerable.Range(0, 8).Select(n => PageId.Parse($"page {n}")).ToArray();
        var published = 0;

        var publishing = Task.WhenAll(Enumerable.Range(0, Publishers).Select(async publisher =>
        {
            var updates = new List<(PageId Page, UpdateId Id, string Data)>();
            for (var n = 0; n < EachPublishes; n++)
            {
                var page = pages[(publisher + n) % pages.Length];
                var data = $"{publisher}:{n}";
                updates.Add((page, (await PublishUntilConfirmedAsync(page, data)).Id, data));
                Interlocked.Increment(ref published);
            }

            return updates;
        }));
        while (Volatile.Read(ref published) < Publishers * EachPublishes / 3)
        {
            await Task.Yield();
        }

        await Silos.Cluster.KillSiloAsync(Silos.Cluster.Silos[1], Ct);
        var confirmed = (await publishing.WaitAsync(TimeSpan.FromMinutes(2), Ct))
            .SelectMany(updates => updates)
            .ToLookup(update => update.Page);

        foreach (var page in pages)
        {
            var history = (await Silos.Log.ReadAsync(page, UpdateId.None, 1000, Ct)).Updates;
            Assert.Equal(
                confirmed[page].OrderBy(update => update.Id.Sequence).Select(update => (update.Id, update.Data)),
                history.Select(update => (update.Id, Encoding.UTF8.GetString(update.Data.Span))));
        }
    }

    [Fact]
    public async Task Two_activations_of_one_page_give_contiguous_ids_and_none_twice()
    {
        // Another cluster on the same Redis: each of the two believes that the page is its own.
        await using var other = await TestSilos.StartAsync(Redis, silos: 1);

        var results = await Task.WhenAll(Enumerable.Range(0, 500)
            .Select(n => (n % 2 == 0 ? Silos : other).Pages.PublishAsync(_home, Drafts.Text($"{n}"), Ct)));

        AssertContiguous(results);
        Assert.Single(results.Select(result => result.Id.Epoch).Distinct());
    }

    [Fact]
    public async Task Publishers_learn_whether_an_unavailable_store_was_sent_the_update()
    {
        await PublishAsync("before");
        Redis.Pause();

        Assert.Equal(PublishStatus.Unknown, (await PublishAsync("sent")).Status);
        Assert.Equal(PublishStatus.StoreUnavailable, (await PublishAsync("not sent")).Status);
        Redis.Resume();
    }

    private static void AssertContiguous(PublishResult[] results) => Assert.Equal(
        Enumerable.Range(1, results.Length).Select(n => (long)n), results.Select(result => result.Id.Sequence).Order());

    private Task<PublishResult> PublishAsync(string data) => Silos.Pages.PublishAsync(_home, Drafts.Text(data), Ct);

    private async Task<PublishResult> PublishUntilConfirmedAsync(PageId page, string data)
    {
        while (true)
        {
            var result = await Silos.Pages.PublishAsync(page, Drafts.Text(data, key: data), Ct);
            if (result.Status is PublishStatus.Published or PublishStatus.Repeated)
            {
                return result;
            }

            // Its silo was killed. The key makes it safe to publish again.
            await Task.Yield();
        }
    }

    private async Task<int> ActivationsAsync()
    {
        var statistics = await Silos.Cluster.Client.GetGrain<IManagementGrain>(0).GetDetailedGrainStatistics();
        return statistics.Count(grain => grain.GrainId.Type.ToString() == "page");
    }
}
