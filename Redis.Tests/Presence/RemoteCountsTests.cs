using LiveStreams.Core;
using LiveStreams.Redis.Presence;
using Microsoft.Extensions.Time.Testing;

namespace LiveStreams.Redis.Tests.Presence;

/// <summary>What a node makes of the reports of others.</summary>
public sealed class RemoteCountsTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly RemoteCounts _counts;

    public RemoteCountsTests() => _counts = new RemoteCounts("own", _time);

    [Fact]
    public void The_counts_of_all_nodes_but_the_own_are_added()
    {
        Receive(Whole("x", 1, ("a", 2), ("b", 1)));
        Receive(Whole("y", 1, ("a", 3)));
        Receive(Whole("own", 1, ("a", 10)));
        Receive(Report("x", 2, ("b", 0)));

        Assert.Equal((5, 0, 2, 1), (CountOf("a"), CountOf("b"), _counts.Nodes, _counts.Pages));
    }

    [Fact]
    public void A_node_that_starts_asks_the_others_once()
    {
        Assert.True(_counts.TakeNeed());
        Assert.False(_counts.TakeNeed());

        Receive(Whole("x", 7, ("a", 2)));
        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.False(_counts.TakeNeed());
    }

    [Fact]
    public void A_missing_report_makes_it_ask_every_five_seconds_until_the_whole_state_arrives()
    {
        Assert.True(_counts.TakeNeed());
        Receive(Whole("x", 1, ("a", 2), ("b", 1)));
        Receive(Report("x", 3, ("a", 4)));

        Assert.False(_counts.TakeNeed());
        _time.Advance(TimeSpan.FromSeconds(5));
        Assert.True(_counts.TakeNeed());
        _time.Advance(TimeSpan.FromSeconds(5));
        Assert.True(_counts.TakeNeed());

        Receive(Whole("x", 4, ("a", 4)));
        _time.Advance(TimeSpan.FromSeconds(5));
        Assert.False(_counts.TakeNeed());
        Assert.Equal((4, 0), (CountOf("a"), CountOf("b")));
    }

    [Fact]
    public void A_report_that_arrives_late_does_not_replace_newer_counts()
    {
        Receive(Whole("x", 1, ("a", 1)));
        Receive(Report("x", 3, ("a", 3)));
        Receive(Report("x", 2, ("a", 2)));

        Assert.Equal(3, CountOf("a"));
    }

    [Fact]
    public void A_whole_state_in_several_reports_removes_other_pages_only_when_it_is_complete()
    {
        Receive(Whole("x", 1, ("a", 1), ("b", 1), ("c", 1)));
        Receive(Report("x", 2, ("a", 1)) with { IsFirst = true });
        Receive(Report("x", 3, ("d", 1)));
        Assert.Equal((1, 1, 1, 1), (CountOf("a"), CountOf("b"), CountOf("c"), CountOf("d")));

        Receive(Report("x", 4, ("b", 1)) with { IsLast = true });

        Assert.Equal((1, 1, 0, 1), (CountOf("a"), CountOf("b"), CountOf("c"), CountOf("d")));
    }

    [Fact]
    public void A_whole_state_of_which_a_report_is_missing_removes_nothing()
    {
        Receive(Whole("x", 1, ("a", 1), ("b", 1)));
        Receive(Report("x", 2, ("a", 1)) with { IsFirst = true });
        Receive(Report("x", 4) with { IsLast = true });

        Assert.Equal(1, CountOf("b"));
    }

    [Fact]
    public void A_node_is_forgotten_when_it_leaves_or_has_been_silent_for_20_s()
    {
        Receive(Whole("x", 1, ("a", 1)));
        Receive(Whole("y", 1, ("a", 2)));
        Receive(Report("y", 2) with { IsLeaving = true });
        Assert.Equal(1, CountOf("a"));

        _time.Advance(TimeSpan.FromSeconds(19));
        _counts.ForgetSilent();
        Assert.Equal(1, CountOf("a"));
        _time.Advance(TimeSpan.FromSeconds(1));
        _counts.ForgetSilent();

        Assert.Equal((0, 0, 0), (CountOf("a"), _counts.Nodes, _counts.Pages));
    }

    [Fact]
    public void A_sign_of_life_keeps_a_node()
    {
        Receive(Whole("x", 1, ("a", 1)));
        _time.Advance(TimeSpan.FromSeconds(19));
        Receive(Report("x", 2));
        _time.Advance(TimeSpan.FromSeconds(19));
        _counts.ForgetSilent();

        Assert.Equal(1, CountOf("a"));
    }

    [Fact]
    public void Pages_and_nodes_beyond_the_limits_are_not_counted_until_there_is_room()
    {
        const int Piece = 10_000;
        for (var n = 0; n < PageTotals.MaxHeld / Piece; n++)
        {
            Receive(Whole($"node {n}", 1, [.. Enumerable.Range(0, Piece).Select(page => ($"{page}", 1))]));
        }

        Receive(Whole("one more", 1, ("more", 1)));
        Assert.Equal((0, Piece), (CountOf("more"), _counts.Pages));
        Receive(Report("node 0", 2) with { IsLeaving = true });
        Receive(Report("one more", 2, ("more", 2)));
        Assert.Equal(2, CountOf("more"));

        for (var n = 0; n < RemoteCounts.MaxNodes + 10; n++)
        {
            Receive(Whole($"another {n}", 1));
        }

        Assert.Equal(RemoteCounts.MaxNodes, _counts.Nodes);
    }

    private static PresenceReport Whole(string node, long sequence, params (string Page, int Subscribers)[] counts) =>
        Report(node, sequence, counts) with { IsFirst = true, IsLast = true };

    private static PresenceReport Report(string node, long sequence, params (string Page, int Subscribers)[] counts) =>
        new(node, sequence)
        {
            Pages = [.. counts.Select(count => new PageCount(PageId.Parse(count.Page), count.Subscribers))],
        };

    private int CountOf(string page) => _counts.Count(PageId.Parse(page));

    // As it arrives: what is tested is also what is written.
    private void Receive(PresenceReport report) =>
        _counts.Receive(PresenceJson.Read(PresenceJson.Write(report).Span)!);
}
