using System.Text;
using BenchmarkDotNet.Attributes;
using LiveStreams.Core;
using LiveStreams.Core.FanOut;

namespace LiveStreams.Bench.Micro;

/// <summary>Encoding of an update as the bytes that every subscriber receives.</summary>
public class FrameEncoding
{
    private static readonly UpdateId _id = new(1, 1);
    private readonly byte[] _oneLine = Encoding.UTF8.GetBytes(new string('x', 200));
    private readonly byte[] _tenLines =
        Encoding.UTF8.GetBytes(string.Join('\n', Enumerable.Repeat(new string('x', 19), 10)));

    [Benchmark]
    public byte[] OneLine() => EventEncoder.Encode(_id, null, _oneLine);

    [Benchmark]
    public byte[] TenLines() => EventEncoder.Encode(_id, "news", _tenLines);
}
