using System.Text;
using LiveStreams.Bench.Load;

namespace LiveStreams.Bench.Tests;

public sealed class ResponseReaderTests
{
    private const string Chunked =
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n6\r\nfirst \r\n0D\r\nand ~00000042\r\n0\r\n\r\n";

    private const string Sized = "HTTP/1.1 201 Created\r\ncontent-length: 11\r\nX: y\r\n\r\nhello world";

    public static TheoryData<int> PieceSizes => [.. Enumerable.Range(1, Chunked.Length)];

    [Theory]
    [MemberData(nameof(PieceSizes))]
    public void A_chunked_body_is_read_wherever_the_pieces_end(int pieceSize)
    {
        var (reader, body) = Read(Chunked, pieceSize);

        Assert.Equal((200, true, "first and ~00000042"), (reader.Status, reader.IsComplete, body));
    }

    [Theory]
    [MemberData(nameof(PieceSizes))]
    public void A_body_of_known_length_is_read_wherever_the_pieces_end(int pieceSize)
    {
        var (reader, body) = Read(Sized, pieceSize);

        Assert.Equal((201, true, "hello world"), (reader.Status, reader.IsComplete, body));
    }

    [Fact]
    public void A_body_without_a_length_is_read_until_the_connection_closes()
    {
        var (reader, body) = Read("HTTP/1.1 200 OK\r\n\r\nid: 1\ndata: x\n\n", 7);

        Assert.Equal((200, false, "id: 1\ndata: x\n\n"), (reader.Status, reader.IsComplete, body));
    }

    [Fact]
    public void A_response_without_content_is_complete_after_its_head() =>
        Assert.True(Read("HTTP/1.1 204 No Content\r\n\r\n", 1).Reader.IsComplete);

    [Theory]
    [InlineData("SSH-2.0-OpenSSH\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nhello\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhello")]
    public void An_invalid_response_is_rejected(string text) =>
        Assert.Throws<BenchException>(() => Read(text, 5));

    private static (ResponseReader Reader, string Body) Read(string text, int pieceSize)
    {
        var reader = default(ResponseReader);
        var whole = new StringBuilder();
        foreach (var piece in Encoding.ASCII.GetBytes(text).Chunk(pieceSize))
        {
            ReadOnlySpan<byte> received = piece;
            while (reader.TryReadBody(ref received, out var body))
            {
                whole.Append(Encoding.ASCII.GetString(body));
            }
        }

        return (reader, whole.ToString());
    }
}
