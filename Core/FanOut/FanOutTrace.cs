using System.Diagnostics;
using LiveStreams.Core.Tracing;

namespace LiveStreams.Core.FanOut;

/// <summary>
/// Records how long updates that are traced take from their announcement until they are written to the page's streams:
/// those of the wake in progress, and those that the next one will write. At most <see cref="MaxUpdates"/> at a time;
/// the trace of more has no fan-out.
/// </summary>
internal sealed class FanOutTrace(FanOutClock clock)
{
    private const int MaxUpdates = 1_000;

    private readonly Lock _gate = new();
    private List<Announced>? _next;
    private List<Announced>? _current;

    /// <summary>An update has been announced, and the next wake will write it.</summary>
    public void Add(Update update)
    {
        if (update.TraceParent is null)
        {
            return;
        }

        lock (_gate)
        {
            _next ??= [];
            if (_next.Count < MaxUpdates)
            {
                _next.Add(new Announced(update.TraceParent, update.Id, clock.GetUtcNow()));
            }
        }
    }

    /// <summary>A wake begins.</summary>
    public void OnWake()
    {
        if (Volatile.Read(ref _next) is not null)
        {
            lock (_gate)
            {
                (_current, _next) = (_next, null);
            }
        }
    }

    /// <summary>The wake has written to <paramref name="subscribers"/> streams.</summary>
    public void OnWakeCompleted(int subscribers)
    {
        if (Interlocked.Exchange(ref _current, null) is not { } written)
        {
            return;
        }

        foreach (var (parent, id, at) in written)
        {
            UpdateTrace.Record(
                "fan-out",
                ActivityKind.Consumer,
                parent,
                at,
                clock.GetUtcNow(),
                new(TraceTag.Update, id.IsNone ? null : id.ToString()),
                new(TraceTag.Subscribers, subscribers));
        }
    }

    private readonly record struct Announced(string Parent, UpdateId Id, DateTimeOffset At);
}
