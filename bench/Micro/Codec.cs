using System.Text;
using BenchmarkDotNet.Attributes;
using LiveStreams.Core;
using LiveStreams.Redis;

namespace LiveStreams.Bench.Micro;

/// <summary>Updates as they go through Redis.</summary>
public class Codec
{
    private readonly UpdateDraft _draft = new() { Data = Encoding.UTF8.GetBytes(new string('x', 200)) };
    private readonly byte[] _announcement = Encoding.UTF8.GetBytes($$"""{"id":"000000000001-1","event":null,"data":"{{new string('x', 200)}}"}""");

    [Benchmark]
    public ReadOnlyMemory<byte> WriteEntry() => UpdateJson.WriteEntry(_draft);

    [Benchmark]
    public object? ReadAnnouncement() => UpdateJson.ReadAnnouncement(_announcement, DateTimeOffset.UnixEpoch);
}
