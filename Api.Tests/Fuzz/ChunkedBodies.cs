using System.Text;

namespace LiveStreams.Api.Tests.Fuzz;

/// <summary>
/// Chunked bodies (RFC 9112 §7.1), many with wrong sizes, odd extensions or trailers, or a wrong end.
/// </summary>
internal static class ChunkedBodies
{
    private static readonly string[] _sizes =
    [
        "5", "05", "0005", "00000000000000000005", "5 ", " 5", "5\t", "0x5", "5h", "-5", "+5", "", "ffffffff",
        "7fffffffffffffff", "ffffffffffffffff", "10000000000000005", "5;", "5;a", "5;a=b", "5;a=\"\r\n\"", "5;\0",
        "5;\n", "4", "6",
    ];

    private static readonly string[] _lastSizes = ["0", "0", "0", "000", "0;a=b", "-0", ""];
    private static readonly string[] _ends = ["\r\n", "\r\n", "\r\n", "\r\n", "\n", "\r", "\r\r\n", "\n\n", "", "\0"];

    private static readonly string[] _trailers =
    [
        "", "", "", "X-Trailer: 1\r\n", "Content-Length: 100\r\n", "Transfer-Encoding: chunked\r\n", "Host: x\r\n",
        "no colon\r\n", ": x\r\n", "X: a\0\r\n", "X: a\nY: b\r\n",
    ];

    public static string Next(Random random)
    {
        var text = new StringBuilder();
        for (var i = random.Next(4); i > 0; i--)
        {
            // Mostly valid, so that the parser reads far before it meets an error.
            var isValid = random.Next(3) > 0;
            text.Append(isValid ? "5" : random.Pick(_sizes))
                .Append(isValid ? "\r\n" : random.Pick(_ends))
                .Append("hello")
                .Append(isValid ? "\r\n" : random.Pick(_ends));
        }

        return text
            .Append(random.Pick(_lastSizes))
            .Append(random.Pick(_ends))
            .Append(random.Pick(_trailers))
            .Append(random.Pick(_ends))
            .ToString();
    }
}
