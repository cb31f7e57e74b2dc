using BenchmarkDotNet.Attributes;
using LiveStreams.Core;
using LiveStreams.Redis.Presence;

namespace LiveStreams.Bench.Micro;

/// <summary>
/// A second in which the number of streams changes on each of 10,000 pages: what the node does that reports them, and
/// what each other node does. And a second in which nothing changes.
/// </summary>
public class PresenceReports
{
    private const int Pages = 10_000;

    private readonly PageId[] _pages = [.. Enumerable.Range(0, Pages).Select(n => PageId.Parse($"news:{n:D8}"))];
    private readonly LocalCounts _changing = new();
    private readonly LocalCounts _silent = new();
    private readonly RemoteCounts _others = new("receiver", TimeProvider.System);
    private readonly ReadOnlyMemory<byte>[] _reports = new ReadOnlyMemory<byte>[2];
    private int _second;

    [GlobalSetup]
    public void Fill()
    {
        for (var second = 0; second < _reports.Length; second++)
        {
            _reports[second] = Report();
        }

        _silent.Update(CountAll(subscribers: 1));
        _silent.Take(new PresenceReport("reporter", 1));
    }

    [Benchmark]
    public ReadOnlyMemory<byte> Report()
    {
        _changing.Update(CountAll(subscribers: 1 + (++_second % 2)));
        return PresenceJson.Write(_changing.Take(new PresenceReport("reporter", _second)));
    }

    [Benchmark]
    public void Receive() => _others.Receive(PresenceJson.Read(_reports[++_second % 2].Span)!);

    [Benchmark]
    public bool LookForChanges()
    {
        _silent.Update(CountAll(subscribers: 1));
        return _silent.HasPending;
    }

    private IEnumerable<PageCount> CountAll(int subscribers) =>
        _pages.Select(page => new PageCount(page, subscribers));
}
