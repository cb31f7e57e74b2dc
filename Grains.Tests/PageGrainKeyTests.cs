using LiveStreams.Core;
using LiveStreams.Grains.Tests.Support;
using LiveStreams.TestKit.Engines;

namespace LiveStreams.Grains.Tests;

/// <summary>Idempotency keys on their way to a grain and back.</summary>
public sealed class PageGrainKeyTests : OwnSilosTests
{
    [Fact]
    public async Task A_key_is_valid_through_a_grain_for_its_scope_and_its_draft()
    {
        UpdateDraft[] drafts =
        [
            Drafts.Text("nonsense", key: "goal-2", keep: false, scope: "x"),
            Drafts.Text("GOAL 2:0", key: "goal-2", scope: "y"),
            Drafts.Text("GOAL 2:0", key: "goal-2", scope: "y"),
            Drafts.Text("GOAL 2:0", key: "goal-2", scope: "x"),
            Drafts.Posts(["p=1"], key: "posts"),
            Drafts.Posts(["p=1"], key: "posts"),
            Drafts.End("end"),
            Drafts.End("end"),
            Drafts.End("goal-2"),
            Drafts.Text("GOAL 2:0", key: "end"),
        ];
        var results = new List<(PublishStatus, long)>();
        foreach (var draft in drafts)
        {
            var result = await Silos.Pages.PublishAsync(PageId.Parse("home"), draft, Ct);
            results.Add((result.Status, result.Id.Sequence));
        }

        Assert.Equal(
            [
                (PublishStatus.Published, 0),
                (PublishStatus.Published, 1),
                (PublishStatus.Repeated, 1),
                (PublishStatus.KeyReused, 0),
                (PublishStatus.Published, 2),
                (PublishStatus.Repeated, 2),
                (PublishStatus.Published, 3),
                (PublishStatus.Repeated, 3),
                (PublishStatus.Repeated, 3),
                (PublishStatus.KeyReused, 0),
            ],
            results);
    }

    [Fact]
    public void An_outcome_that_only_a_newer_silo_knows_is_unknown_with_its_message()
    {
        var reply = new PublishReply((PublishOutcome)1000, Message: "Something new.");

        Assert.Equal(PublishResult.Unknown("Something new."), reply.ToResult());
        Assert.NotEmpty(PublishReply.Of(PublishResult.KeyReused).Message);
    }
}
