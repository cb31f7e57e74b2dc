using LiveStreams.Core.FanOut;

namespace LiveStreams.Core.Tests.FanOut;

/// <summary>A subscriber's wait, which any of its pages may end.</summary>
public sealed class WakeSignalTests
{
    private readonly WakeSignal _signal = new();

    [Fact]
    public async Task A_claim_while_the_subscriber_runs_makes_its_next_wait_return_at_once()
    {
        Assert.False(_signal.TryClaim(WakeReason.Work));
        Assert.False(_signal.TryClaim(WakeReason.Work));

        Assert.Equal(WakeReason.Work, await WaitAsync());
        Assert.False(WaitAsync().IsCompleted);
    }

    [Fact]
    public void A_claim_while_the_new_frames_of_another_page_are_written_is_not_lost()
    {
        var wait = WaitAsync();
        Assert.True(_signal.TryClaim(WakeReason.Work));

        Assert.False(_signal.TryClaim(WakeReason.Work));

        Assert.False(_signal.TryWaitAgain());
        _signal.Resume();
        Assert.True(wait.IsCompleted);
    }

    [Fact]
    public void A_subscriber_waits_again_if_nothing_happened_while_it_wrote()
    {
        var wait = WaitAsync();
        Assert.True(_signal.TryClaim(WakeReason.Work));

        Assert.True(_signal.TryWaitAgain());

        Assert.False(wait.IsCompleted);
        Assert.True(_signal.TryClaim(WakeReason.Heartbeat));
    }

    [Fact]
    public void A_heartbeat_that_finds_the_subscriber_running_is_forgotten()
    {
        Assert.False(_signal.TryClaim(WakeReason.Heartbeat));
        Assert.False(WaitAsync().IsCompleted);
    }

    private Task<WakeReason> WaitAsync() => _signal.WaitAsync(this, static _ => false).AsTask();
}
