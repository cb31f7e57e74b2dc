using System.Diagnostics;

namespace LiveStreams.Bench.Load;

/// <summary>
/// Records what was sent and delivered in a run, and checks that every subscriber received every update of its page
/// exactly once.
/// </summary>
internal sealed class DeliveryTracker(int pages, int subscribersPerPage)
{
    /// <summary>
    /// Send times are kept for this many of the newest updates, far more than are ever outstanding; a power of two.
    /// </summary>
    private const int MaxSendTimes = 1 << 20;

    private readonly long[] _sendTimes = new long[MaxSendTimes];
    private readonly long[] _updates = new long[pages];
    private readonly long[] _numberSums = new long[pages];

    public LatencyHistogram Latencies { get; } = new();

    /// <summary>Updates sent.</summary>
    public int Sent { get; private set; }

    /// <summary>Updates whose publisher has received the response.</summary>
    public int Answered { get; private set; }

    /// <summary>When the newest response was received, in ticks of the stopwatch.</summary>
    public long LastAnsweredAt { get; private set; }

    /// <summary>Events read by all subscribers together.</summary>
    public long Delivered { get; private set; }

    /// <summary>Events that all subscribers together must read for the updates sent.</summary>
    public long ExpectedDeliveries => (long)Sent * subscribersPerPage;

    public bool IsComplete => Answered == Sent && Delivered == ExpectedDeliveries;

    /// <summary>The page of an update: the pages take turns.</summary>
    public int PageOf(int number) => number % pages;

    /// <summary>Records that the next update is sent now, and returns its number.</summary>
    public int RecordSend()
    {
        var number = Sent++;
        _sendTimes[number & (MaxSendTimes - 1)] = Stopwatch.GetTimestamp();
        _updates[PageOf(number)]++;
        _numberSums[PageOf(number)] += number;
        return number;
    }

    /// <summary>Records that a publisher received a response that reports success.</summary>
    public void RecordResponse(long now)
    {
        Answered++;
        LastAnsweredAt = now;
    }

    /// <summary>Records that a subscriber read the update of this number.</summary>
    public void RecordDelivery(int number, long now)
    {
        Delivered++;
        Latencies.Record(now - _sendTimes[number & (MaxSendTimes - 1)]);
    }

    /// <summary>
    /// Whether a subscriber of the page has received each of its updates once. The count alone would not show that one
    /// update came twice and another never; the sum of the numbers does.
    /// </summary>
    public bool HasReceivedAll(int page, long updates, long numberSum) =>
        updates == _updates[page] && numberSum == _numberSums[page];
}
