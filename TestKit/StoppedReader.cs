namespace LiveStreams.TestKit;

/// <summary>
/// An event stream that is not read after its opening until the test continues, on a connection with a small buffer.
/// </summary>
public sealed class StoppedReader : IDisposable
{
    private readonly RawHttp _connection;
    private readonly ChunkDecoder? _chunks;

    private StoppedReader(RawHttp connection, ChunkDecoder? chunks)
    {
        _connection = connection;
        _chunks = chunks;
    }

    /// <summary>HTTP is 1.1, whose body has chunks, or 1.0, whose body lasts until the connection ends.</summary>
    public static async Task<StoppedReader> OpenAsync(Uri server, string page, string http)
    {
        var connection = await RawHttp.ConnectAsync(server, receiveBuffer: 16 * 1024);
        await connection.SendAsync(
            $"GET {ApiClient.PathOf(page)}/events HTTP/{http}\r\nHost: {server.Authority}\r\n\r\n");
        var headers = await ReceiveUntilAsync(connection, "\r\n\r\n");
        var isChunked = headers.Contains("Transfer-Encoding: chunked", StringComparison.Ordinal);
        Assert.Equal(http == "1.1", isChunked);
        var reader = new StoppedReader(connection, isChunked ? new ChunkDecoder() : null);
        var opening = "";
        while (!opening.EndsWith("id: 0\n\n", StringComparison.Ordinal))
        {
            opening += reader.Decode(await connection.ReceiveAsync(most: 1));
        }

        return reader;
    }

    /// <summary>The next bytes of the events, as text.</summary>
    public async Task<string> ReceiveAsync()
    {
        var part = await _connection.ReceiveAsync();
        Assert.NotEmpty(part);
        return Decode(part);
    }

    public void Dispose() => _connection.Dispose();

    private static async Task<string> ReceiveUntilAsync(RawHttp connection, string end)
    {
        var text = "";
        while (!text.EndsWith(end, StringComparison.Ordinal))
        {
            text += await connection.ReceiveAsync(most: 1);
        }

        return text;
    }

    private string Decode(string part) => _chunks is null ? part : _chunks.Decode(part);
}
