using LiveStreams.Core;
using LiveStreams.Redis.Presence;

namespace LiveStreams.Redis.Tests.Presence;

/// <summary>Which counts a node reports.</summary>
public sealed class LocalCountsTests
{
    private readonly LocalCounts _counts = new();

    [Fact]
    public void The_first_report_is_the_whole_state_and_those_after_it_what_has_changed()
    {
        AssertReport("first last a=1 b=2", ("a", 1), ("b", 2));
        AssertReport("b=3 c=1", ("a", 1), ("b", 3), ("c", 1));
        AssertReport("a=0", ("b", 3), ("c", 1));
        Assert.False(_counts.HasPending);
    }

    [Fact]
    public void A_page_without_streams_is_reported_once_and_no_longer_held()
    {
        AssertReport("first last a=1", ("a", 1));
        AssertReport("a=0");
        AssertReport("");
        _counts.RequestWhole();
        AssertReport("first last");
    }

    [Fact]
    public void After_a_lost_report_the_whole_state_is_reported_from_the_beginning()
    {
        AssertReport("first last a=1", ("a", 1));
        AssertReport("b=1", ("a", 1), ("b", 1));

        _counts.OnLost();

        AssertReport("first last a=1 b=1", ("a", 1), ("b", 1));
    }

    [Fact]
    public void A_whole_state_that_is_requested_while_one_is_reported_follows_it()
    {
        var pages = Enumerable.Range(0, 2_000).Select(n => Count(new string('x', 190) + n, 1)).ToList();
        _counts.Update(pages);
        var first = Take();
        _counts.RequestWhole();
        var last = Take();

        Assert.Equal((true, false), (first.IsFirst, first.IsLast));
        Assert.Equal((false, true), (last.IsFirst, last.IsLast));
        Assert.Equal(pages.ToHashSet(), first.Pages.Concat(last.Pages).ToHashSet());
        Assert.True(Take().IsFirst);
    }

    [Fact]
    public void A_whole_state_ends_although_counts_change_all_the_time()
    {
        var reports = 0;
        PresenceReport report;
        do
        {
            reports++;
            _counts.Update(Enumerable.Range(0, 2_000).Select(n => Count(new string('x', 190) + n, reports)));
            report = Take();
        }
        while (!report.IsLast);

        Assert.Equal(2, reports);
    }

    [Fact]
    public void A_report_has_a_bounded_size()
    {
        _counts.Update(Enumerable.Range(0, 100_000).Select(n => Count($"\"{n}", 1)));

        Assert.InRange(PresenceJson.Write(Take()).Length, LocalCounts.MaxReportBytes / 2, PresenceJson.MaxBytes);
    }

    private static PageCount Count(string page, int subscribers) => new(PageId.Parse(page), subscribers);

    private void AssertReport(string expected, params (string Page, int Subscribers)[] counts)
    {
        _counts.Update(counts.Select(count => Count(count.Page, count.Subscribers)));
        var report = Take();
        string[] words =
        [
            .. report.IsFirst ? ["first"] : Array.Empty<string>(),
            .. report.IsLast ? ["last"] : Array.Empty<string>(),
            .. report.Pages.Select(page => $"{page.Page}={page.Subscribers}").Order(StringComparer.Ordinal),
        ];
        Assert.Equal(expected, string.Join(' ', words));
    }

    private PresenceReport Take() => _counts.Take(new PresenceReport("node", 1));
}
