using BenchmarkDotNet.Attributes;
using LiveStreams.Core;
using LiveStreams.Core.FanOut;

namespace LiveStreams.Bench.Micro;

/// <summary>A busy page's ring: the newest frame goes in, each subscriber takes it out.</summary>
public class Ring
{
    private const int MaxFrames = 256;
    private static readonly Frame _frame = Frame.Of(new Update(new UpdateId(1, 1), null, new byte[200], DateTimeOffset.UnixEpoch), new UpdateId(1, 1));
    private readonly FrameRing _ring = new(MaxFrames, maxBytes: 1 << 20);

    [GlobalSetup]
    public void Fill()
    {
        for (var i = 0; i < MaxFrames; i++)
        {
            Add();
        }
    }

    [Benchmark]
    public void Add() => _ring.Add(_frame);

    [Benchmark]
    public Frame? Read() => _ring[_ring.Next - 1];
}
