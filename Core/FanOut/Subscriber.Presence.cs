namespace LiveStreams.Core.FanOut;

// What a stream that asks for the number of its pages' streams does besides.
public sealed partial class Subscriber
{
    /// <summary>What the stream has been told of these numbers; null if it does not ask for them.</summary>
    internal StreamPresence? Presence { get; }

    // The numbers have no id, and may keep the stream from being silent, so a position that has moved goes with them.
    private void WritePresence(SubscriberOutput output)
    {
        if (Presence?.Write(output, _pages) is true)
        {
            WriteMovedPosition(output.Body);
        }
    }
}
