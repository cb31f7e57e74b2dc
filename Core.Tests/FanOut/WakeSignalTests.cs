using LiveStreams.Core.FanOut;

namespace LiveStreams.Core.Tests.FanOut;

/// <summary>A subscriber's wait, which any of its pages may end.</summary>
public sealed class WakeSignalTests
{
    private readonly WakeSignal _signal = new();

    [Fact]
    public void A_claim_while_the_subscriber_runs_keeps_it_from_waiting_once()
    {
        Assert.False(_signal.TryClaim(WakeReason.Work));
        Assert.False(_signal.TryClaim(WakeReason.Work));

        Assert.False(TryWait());
        Assert.True(TryWait());
    }

    [Fact]
    public void A_claim_while_the_new_frames_of_another_page_are_written_is_not_lost()
    {
        Assert.True(TryWait());
        Assert.True(_signal.TryClaim(WakeReason.Work));

        Assert.False(_signal.TryClaim(WakeReason.Work));

        Assert.False(_signal.TryWaitAgain());
        Assert.False(_signal.IsWaiting);
    }

    [Fact]
    public void A_subscriber_waits_again_if_nothing_happened_while_it_wrote()
    {
        Assert.True(TryWait());
        Assert.True(_signal.TryClaim(WakeReason.Work));

        Assert.True(_signal.TryWaitAgain());

        Assert.True(_signal.TryClaim(WakeReason.Heartbeat));
        Assert.Equal(WakeReason.Heartbeat, _signal.Reason);
    }

    [Fact]
    public void A_heartbeat_that_finds_the_subscriber_running_is_forgotten()
    {
        Assert.False(_signal.TryClaim(WakeReason.Heartbeat));
        Assert.True(TryWait());
    }

    [Fact]
    public void Work_that_is_there_already_keeps_the_subscriber_from_waiting()
    {
        Assert.False(_signal.TryWait(this, static _ => true));
        Assert.False(_signal.IsWaiting);
    }

    private bool TryWait() => _signal.TryWait(this, static _ => false);
}
