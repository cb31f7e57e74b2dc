namespace LiveStreams.Core.FanOut;

/// <summary>Why a subscriber is taken out of its wait.</summary>
internal enum WakeReason
{
    /// <summary>The feed has something newer, a failed read may be tried again, or the stream is to end.</summary>
    News,

    /// <summary>It has been silent long enough for a comment.</summary>
    Heartbeat,
}
