using System.Collections.Concurrent;

namespace LiveStreams.Api.Tests.Redis;

/// <summary>
/// Two server processes over one Redis, 300 subscribers, and publishers that send 10,000 updates with keys and retry
/// until they are confirmed. Each subscriber follows one of 30 pages, so there are 100,000 deliveries. The test breaks
/// something meanwhile.
/// </summary>
internal sealed class RedisLoad : IAsyncDisposable
{
    public const int Updates = 10_000;

    private const int Nodes = 2;
    private const int Pages = 30;
    private const int SubscribersPerPage = 10;
    private const int Publishers = 48;

    private readonly List<ServerProcess> _servers = [];
    private readonly List<ApiClient> _clients = [];
    private readonly List<LoadSubscriber> _subscribers = [];
    private readonly ConcurrentQueue<LoadUpdate>[] _acknowledged =
        [.. Enumerable.Range(0, Pages).Select(_ => new ConcurrentQueue<LoadUpdate>())];

    private readonly ConcurrentQueue<TimeSpan> _durations = new();
    private int _published;
    private int _unavailable;
    private Task _publishing = Task.CompletedTask;

    private RedisLoad()
    {
    }

    public static string PageName(int page) => $"page {page}";

    /// <param name="connection">The servers' <c>Redis:Connection</c>.</param>
    /// <param name="environment">The servers' environment.</param>
    public static async Task<RedisLoad> StartAsync(string connection, params (string Name, string Value)[] environment)
    {
        var load = new RedisLoad();
        string[] settings = [.. ServerProcess.Unthrottled, $"--Redis:Connection={connection}"];
        load._servers.AddRange(await Task.WhenAll(
            Enumerable.Range(0, Nodes).Select(_ => ServerProcess.StartAsync(settings, environment))));
        load._clients.AddRange(load._servers.Select(server => new ApiClient(server.Address)));
        for (var n = 0; n < Pages * SubscribersPerPage; n++)
        {
            var page = n / SubscribersPerPage;
            load._subscribers.Add(new LoadSubscriber(
                page, await load._clients[n % Nodes].SubscribeAsync(PageName(page))));
        }

        load._publishing = Task.WhenAll(Enumerable.Range(0, Publishers).Select(load.PublishAsync));
        return load;
    }

    /// <summary>Waits until so many updates are confirmed.</summary>
    public Task UntilPublishedAsync(int updates) => Wait.UntilAsync(
        () => Volatile.Read(ref _published) >= updates || _publishing.IsFaulted,
        $"{updates} updates are confirmed");

    /// <summary>Waits until each publisher could have been refused once more.</summary>
    public Task UntilRefusedAsync()
    {
        var before = Volatile.Read(ref _unavailable);
        return Wait.UntilAsync(
            () => Volatile.Read(ref _unavailable) >= before + Publishers || _publishing.IsFaulted,
            $"{Publishers} publishes are refused");
    }

    /// <summary>
    /// Waits until everything is published and every subscriber has received the last update of its page, and compares
    /// what they saw with what was confirmed and with what Redis has.
    /// </summary>
    public async Task<LoadResult> FinishAsync()
    {
        await _publishing;
        for (var page = 0; page < Pages; page++)
        {
            await _clients[0].PublishUntilAnsweredAsync(PageName(page), LoadSubscriber.Last, "last");
        }

        await Task.WhenAll(_subscribers.Select(subscriber => subscriber.Reading));
        var kept = await Task.WhenAll(Enumerable.Range(0, Pages).Select(ReadKeptAsync));
        var result = new LoadResult(kept, _acknowledged, _subscribers, _unavailable, _durations.Max());
        TestContext.Current.TestOutputHelper!.WriteLine(result.ToString());
        return result;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var subscriber in _subscribers)
        {
            await subscriber.DisposeAsync();
        }

        _clients.ForEach(client => client.Dispose());
        _servers.ForEach(server => server.Dispose());
    }

    private async Task PublishAsync(int publisher)
    {
        for (var n = publisher; n < Updates; n += Publishers)
        {
            var (page, data) = (n % Pages, $"update {n}");
            var start = TimeProvider.System.GetTimestamp();
            var id = await _clients[n % Nodes].PublishUntilAnsweredAsync(
                PageName(page),
                data,
                $"key {n}",
                () => Interlocked.Increment(ref _unavailable));
            _durations.Enqueue(TimeProvider.System.GetElapsedTime(start));
            _acknowledged[page].Enqueue(new LoadUpdate(ApiClient.SequenceOf(id), data));
            Interlocked.Increment(ref _published);
            await Wait.PauseAsync();
        }
    }

    private async Task<List<LoadUpdate>> ReadKeptAsync(int page)
    {
        var kept = new List<LoadUpdate>();
        for (var path = "?limit=1000"; path is not null;)
        {
            var block = await _clients[0].GetJsonAsync($"{ApiClient.PathOf(PageName(page))}/updates{path}");
            kept.AddRange(block.GetProperty("updates").EnumerateArray().Select(update => new LoadUpdate(
                ApiClient.SequenceOf(update.GetProperty("id").GetString()!),
                update.GetProperty("data").GetString()!)));
            path = block.GetProperty("next").GetString() is { } next ? $"?limit=1000&after={next}" : null;
        }

        return kept;
    }
}
