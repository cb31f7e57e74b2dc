using LiveStreams.Bench.Load;

namespace LiveStreams.Bench.Tests;

public sealed class LedgerTests
{
    [Fact]
    public void A_run_is_complete_when_all_is_answered_and_delivered()
    {
        var ledger = new Ledger(pages: 1, subscribersPerPage: 2);
        var number = ledger.Send();
        ledger.Deliver(number, now: 0);
        ledger.Deliver(number, now: 0);
        Assert.False(ledger.IsComplete);

        ledger.Answer(now: 0);
        Assert.True(ledger.IsComplete);
    }

    [Fact]
    public void An_update_that_came_twice_does_not_make_up_for_one_that_never_came()
    {
        var ledger = new Ledger(pages: 2, subscribersPerPage: 1);
        Assert.Equal([0, 1, 2, 3], [ledger.Send(), ledger.Send(), ledger.Send(), ledger.Send()]);

        Assert.True(ledger.IsAll(page: 0, updates: 2, numberSum: 0 + 2));
        Assert.True(ledger.IsAll(page: 1, updates: 2, numberSum: 1 + 3));
        Assert.False(ledger.IsAll(page: 0, updates: 2, numberSum: 2 + 2));
        Assert.False(ledger.IsAll(page: 0, updates: 1, numberSum: 2));
    }
}
