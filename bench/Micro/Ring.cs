using BenchmarkDotNet.Attributes;
using LiveStreams.Core;
using LiveStreams.Core.FanOut;

namespace LiveStreams.Bench.Micro;

/// <summary>A busy page's ring: the newest frame goes in, each subscriber takes it out.</summary>
public class Ring
{
    private const int MaxFrames = 256;

    // A frame carries its place, so one is used again only when the ring has long dropped it.
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

    private static Frame NewFrame() => Frame.Create(new Update(new UpdateId(1, 1), null, new byte[200], DateTimeOffset.UnixEpoch), new UpdateId(1, 1));
}
