using System.Text;
using BenchmarkDotNet.Attributes;
using LiveStreams.Core;
using LiveStreams.Redis;

namespace LiveStreams.Bench.Micro;

/// <summary>Encoding and decoding of an update for Redis.</summary>
public class Codec
{
    private static readonly string _data = new('x', 200);
    private readonly UpdateDraft _draft = new() { Data = Encoding.UTF8.GetBytes(_data) };
    private readonly byte[] _announcement =
        Encoding.UTF8.GetBytes($$"""{"id":"000000000001-1","event":null,"data":"{{_data}}"}""");

    [Benchmark]
    public ReadOnlyMemory<byte> WriteEntry() => UpdateJson.WriteEntry(_draft);

    [Benchmark]
    public object? ReadAnnouncement() => UpdateJson.ReadAnnouncement(_announcement, DateTimeOffset.UnixEpoch);
}
