namespace LiveStreams.Api.Tests.Security;

/// <summary>A stream of the page <c>home</c> that is never read, on a connection with a small receive buffer.</summary>
internal sealed class UnreadStream : IDisposable
{
    private readonly RawHttp _connection;

    private UnreadStream(RawHttp connection) => _connection = connection;

    public static async Task<UnreadStream> OpenAsync(Uri server, string query)
    {
        var connection = await RawHttp.ConnectAsync(server, receiveBuffer: 4096);
        await connection.SendAsync($"GET /pages/home/events{query} HTTP/1.1\r\nHost: {server.Authority}\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 200", await connection.ReceiveAsync(), StringComparison.Ordinal);
        return new UnreadStream(connection);
    }

    public void Dispose() => _connection.Dispose();
}
