namespace LiveStreams.TestKit;

/// <summary>An event stream that is opened and then not read, on a connection that holds little, until the test reads on.</summary>
public sealed class StoppedReader : IDisposable
{
    private readonly RawHttp _connection;
    private readonly ChunkDecoder? _chunks;

    private StoppedReader(RawHttp connection, ChunkDecoder? chunks)
    {
        _connection = connection;
        _chunks = chunks;
    }

    /// <summary>With HTTP 1.1, whose body comes in chunks, or 1.0, whose body goes on to the end of the connection.</summary>
    public static async Task<StoppedReader> OpenAsync(Uri server, string page, string http)
    {
        var connection = await RawHttp.ConnectAsync(server, receiveBuffer: 16 * 1024);
        await connection.SendAsync($"GET {ApiClient.PathOf(page)}/events HTTP/{http}\r\nHost: {server.Authority}\r\n\r\n");
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

    /// <summary>What has arrived next of the events.</summary>
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
