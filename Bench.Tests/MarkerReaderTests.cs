using System.Text;
using LiveStreams.Bench.Load;

namespace LiveStreams.Bench.Tests;

public sealed class MarkerReaderTests
{
    private static readonly int[] _numbers = [0, 7, 12_345_678, 99_999_999];

    public static TheoryData<int> PieceSizes => [.. Enumerable.Range(1, 60)];

    [Theory]
    [MemberData(nameof(PieceSizes))]
    public void Every_marker_is_found_once_wherever_the_pieces_end(int pieceSize)
    {
        var frames = _numbers.Select(number => $"id: 1-{number}\ndata: {Text(number)}xxxxx\n\n");

        Assert.Equal(_numbers, Find(string.Concat(frames), pieceSize));
    }

    [Fact]
    public void Adjacent_markers_are_found() =>
        Assert.Equal(_numbers, Find(string.Concat(_numbers.Select(Text)), int.MaxValue));

    [Fact]
    public void A_marker_without_eight_digits_is_rejected() =>
        Assert.Throws<BenchException>(() => Find("~1234567x", int.MaxValue));

    private static string Text(int number)
    {
        var text = new byte[Marker.Length];
        Marker.Write(text, number);
        return Encoding.ASCII.GetString(text);
    }

    private static List<int> Find(string stream, int pieceSize)
    {
        var reader = default(MarkerReader);
        List<int> found = [];
        foreach (var piece in Encoding.ASCII.GetBytes(stream).Chunk(pieceSize))
        {
            ReadOnlySpan<byte> rest = piece;
            while (reader.TryRead(ref rest, out var number))
            {
                found.Add(number);
            }
        }

        return found;
    }
}
