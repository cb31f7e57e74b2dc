using BenchmarkDotNet.Attributes;
using LiveStreams.Core;
using LiveStreams.Core.FanOut;

namespace LiveStreams.Bench.Micro;

/// <summary>The ring of a busy page: the newest frame is added, and each subscriber reads it.</summary>
public class Ring
{
    private const int MaxFrames = 256;

    // A frame stores its place in the ring, so it is added again only after the ring has dropped it.
    private readonly Frame[] _frames = [.. Enumerable.Range(1, 2 * MaxFrames).Select(_ => NewFrame())];
    private readonly FrameRing _ring = new(MaxFrames, maxBytes: 1 << 20);
    private int _next;

    [GlobalSetup]
    public void Fill()
    {
        for (var i = 0; i < MaxFrames; i++)
        {
            Add();
        }
    }

    [Benchmark]
    public void Add() => _ring.Add(_frames[_next++ & (_frames.Length - 1)]);

    [Benchmark]
    public Frame? Read() => _ring[_ring.Next - 1];

    private static Frame NewFrame()
    {
        var id = new UpdateId(1, 1);
        return Frame.Create(new Update(id, null, new byte[200], DateTimeOffset.UnixEpoch), id);
    }
}
