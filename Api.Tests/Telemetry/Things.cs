namespace LiveStreams.Api.Tests.Telemetry;

/// <summary>What can happen on a server, so that its metrics change.</summary>
internal sealed class Things(Uri server, ApiClient client, string page) : IAsyncDisposable
{
    private readonly List<IDisposable> _connections = [];
    private readonly List<EventStream> _streams = [];

    /// <summary>The page has a stream and two updates.</summary>
    public async Task PrepareAsync()
    {
        await client.PublishAsync(page, "1");
        await client.PublishAsync(page, "2", key: "known");
        await OpenAsync();
    }

    public async Task DoAsync(string action)
    {
        switch (action)
        {
            case "open":
                await ConnectAsync(from: "127.0.0.2");
                break;
            case "leave":
                await _streams[0].DisposeAsync();
                _streams.Clear();
                break;
            case "delete":
                using (var request = new HttpRequestMessage(HttpMethod.Delete, ApiClient.PathOf(page)))
                using (await client.SendAsync(request))
                {
                }

                break;
            case "publish":
                await client.PublishAsync(page, "3");
                break;
            case "receive":
                await client.PublishAsync(page, "3");
                await _streams[0].NextAsync();
                break;
            case "replay":
                await OpenAsync(query: "?from=earliest");
                break;
            case "reset":
                await OpenAsync(lastEventId: "ffffffffffff-1");
                break;
            case "repeat":
                await client.PublishAsync(page, "2", key: "known");
                break;
            case "reuse":
                using (await client.PostAsync(page, "another", key: "known"))
                {
                }

                break;
            case "refuse":
                using (await client.PostAsync(page, new string('x', 200_000)))
                {
                }

                break;
            case "stall":
                _connections.Add(await StoppedReader.OpenAsync(server, $"{page}-3", "1.1"));
                for (var i = 0; i < 8; i++)
                {
                    await client.PublishAsync($"{page}-3", new string('x', 100_000));
                }

                break;
            case "crowd":
                for (var i = 0; i < 201; i++)
                {
                    _connections.Add(await RawHttp.ConnectAsync(server, from: "127.0.0.3"));
                }

                break;
            case "intrude":
                var intruder = await ConnectAsync(from: "127.0.0.1");
                await intruder.SendAsync("x");
                await intruder.ReceiveToEndAsync();
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(action), action, "There is no such action.");
        }
    }

    public async ValueTask DisposeAsync()
    {
        _connections.ForEach(static connection => connection.Dispose());
        foreach (var stream in _streams)
        {
            await stream.DisposeAsync();
        }
    }

    private async Task<RawHttp> ConnectAsync(string from)
    {
        var connection = await RawHttp.ConnectAsync(server, from: from);
        _connections.Add(connection);
        await connection.SendAsync($"GET {ApiClient.PathOf(page)}-2/events HTTP/1.1\r\nHost: x\r\n\r\n");
        await connection.ReceiveAsync();
        return connection;
    }

    private async Task OpenAsync(string? lastEventId = null, string query = "") =>
        _streams.Add(await client.SubscribeAsync(page, lastEventId, query: query));
}
