using System.Diagnostics;

namespace LiveStreams.Bench.Load;

/// <summary>What was sent, when, and what of it has arrived: every subscriber must have had every update of its page, once.</summary>
internal sealed class Ledger(int pages, int subscribersPerPage)
{
    /// <summary>Times are kept for the newest updates only; far more than are ever on their way.</summary>
    private const int TimesKept = 1 << 20;

    private readonly long[] _sentAt = new long[TimesKept];
    private readonly long[] _updates = new long[pages];
    private readonly long[] _numberSums = new long[pages];

    public LatencyHistogram Latencies { get; } = new();

    /// <summary>Updates sent.</summary>
    public int Sent { get; private set; }

    /// <summary>Updates whose publisher has its answer.</summary>
    public int Answered { get; private set; }

    /// <summary>When the newest answer came, in ticks of the stopwatch.</summary>
    public long AnsweredAt { get; private set; }

    /// <summary>Events read by all subscribers together.</summary>
    public long Delivered { get; private set; }

    /// <summary>Deliveries that the updates sent make.</summary>
    public long Due => (long)Sent * subscribersPerPage;

    public bool IsComplete => Answered == Sent && Delivered == Due;

    /// <summary>The page of an update: in turn.</summary>
    public int PageOf(int number) => number % pages;

    /// <summary>Notes that the next update is being sent, and returns its number.</summary>
    public int Send()
    {
        var number = Sent++;
        _sentAt[number & (TimesKept - 1)] = Stopwatch.GetTimestamp();
        _updates[PageOf(number)]++;
        _numberSums[PageOf(number)] += number;
        return number;
    }

    public void Answer(long now)
    {
        Answered++;
        AnsweredAt = now;
    }

    public void Deliver(int number, long now)
    {
        Delivered++;
        Latencies.Record(now - _sentAt[number & (TimesKept - 1)]);
    }

    /// <summary>Whether a subscriber of this page that has read so many updates, with this sum of numbers, has read each once: neither would change alone if one came twice in another's place.</summary>
    public bool IsAll(int page, long updates, long numberSum) => updates == _updates[page] && numberSum == _numberSums[page];
}
