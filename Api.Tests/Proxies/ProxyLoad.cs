using System.Net;
using System.Net.ServerSentEvents;

namespace LiveStreams.Api.Tests.Proxies;

/// <summary>
/// Publishers with keys, readers of a page's state, newcomers and subscribers that reconnect like EventSource, all
/// through one proxy. None of them tries again after an error: any response but a success fails the test.
/// </summary>
/// <param name="proxy">The proxy's address.</param>
/// <param name="publishersRetry">
/// Whether publishers send an update again after a 502 or 503, because the proxy does not.
/// </param>
internal sealed class ProxyLoad(Uri proxy, bool publishersRetry) : IDisposable
{
    public const string Page = "home";
    private const string Last = "the last one";
    private const int Publishers = 4;
    private const int Subscribers = 20;

    private readonly ApiClient _client = new(proxy);
    private readonly TaskCompletionSource _stop = new();
    private Task[] _requests = [];
    private Task<List<long>>[] _streams = [];
    private int _published;
    private int _read;
    private int _opened;
    private int _reconnected;
    private int _retried;

    /// <summary>Starts everything. Disposing the result stops it without a check.</summary>
    public IAsyncDisposable Start()
    {
        _streams = [.. Enumerable.Range(0, Subscribers).Select(_ => WatchAsync())];
        _requests =
        [
            .. Enumerable.Range(0, Publishers).Select(publisher => RepeatAsync(n => PublishAsync($"{publisher} {n}"))),
            RepeatAsync(_ => ReadAsync()), JoinAsync(), JoinAsync(),
        ];
        return new Stop(this);
    }

    /// <summary>Waits until each kind of request has succeeded this number of times more.</summary>
    public async Task WaitForRequestsAsync(int count)
    {
        var (published, read, opened) = (_published, _read, _opened);
        await Wait.UntilAsync(
            () => _requests.FirstOrDefault(request => request.IsFaulted) is not null
                || (_published - published >= count && _read - read >= count && _opened - opened >= count),
            $"{count} more requests of each kind");
    }

    /// <summary>Stops the requests, and checks that every subscriber has got every update once, in order.</summary>
    public async Task CompleteAsync()
    {
        _stop.TrySetResult();
        await Task.WhenAll(_requests).BoundedAsync();
        await PublishAsync(Last);
        var expected = Enumerable.Range(1, _published).Select(n => (long)n);
        foreach (var seen in await Task.WhenAll(_streams).BoundedAsync())
        {
            Assert.Equal(expected.Skip((int)seen[0] - 1), seen);
        }

        Assert.InRange(_reconnected, Subscribers, int.MaxValue);
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{_published} published, {_retried} of them again, {_read} read, {_opened} streams opened, "
            + $"{_reconnected} reconnected");
    }

    public void Dispose() => _client.Dispose();

    private async Task RepeatAsync(Func<int, Task> request)
    {
        for (var n = 0; !_stop.Task.IsCompleted; n++)
        {
            await request(n);
            await Wait.PauseAsync();
        }
    }

    private async Task PublishAsync(string data)
    {
        var response = await _client.PostAsync(Page, data, key: data);
        while (publishersRetry
            && response.StatusCode is (HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable))
        {
            response.Dispose();
            Interlocked.Increment(ref _retried);
            response = await _client.PostAsync(Page, data, key: data);
        }

        using (response)
        {
            Assert.True(
                response.IsSuccessStatusCode,
                $"{response.StatusCode}: {await response.Content.ReadAsStringAsync(CancellationToken.None)}");
        }

        Interlocked.Increment(ref _published);
    }

    private async Task ReadAsync()
    {
        await _client.GetJsonAsync($"/pages/{Page}");
        _read++;
    }

    // A browser gives up after an error, so a newcomer gets a stream, or one that tells it to reconnect. It stays until
    // the next one has come.
    private async Task JoinAsync()
    {
        EventStream? last = null;
        await RepeatAsync(async _ =>
        {
            var stream = await _client.SubscribeAsync(Page);
            await (last?.DisposeAsync() ?? ValueTask.CompletedTask);
            last = stream;
            Assert.Equal(HttpStatusCode.OK, stream.Response.StatusCode);
            if (stream.Response.Headers.Contains("Last-Event-ID"))
            {
                Interlocked.Increment(ref _opened);
            }
        });
        await (last?.DisposeAsync() ?? ValueTask.CompletedTask);
    }

    private async Task<List<long>> WatchAsync()
    {
        var seen = new List<long>();
        var position = "0";
        while (true)
        {
            await using var stream = await _client.SubscribeAsync(Page, position);
            Assert.Equal(HttpStatusCode.OK, stream.Response.StatusCode);
            try
            {
                while (await stream.NextOrEndAsync() is SseItem<string> item)
                {
                    Assert.Equal("message", item.EventType);
                    position = item.EventId!;
                    seen.Add(ApiClient.SequenceOf(position));
                    if (item.Data == Last)
                    {
                        return seen;
                    }
                }
            }
            catch (IOException)
            {
                // The server, or the proxy, has closed the stream.
            }

            Interlocked.Increment(ref _reconnected);
            await Wait.PauseAsync();
        }
    }

    private sealed class Stop(ProxyLoad load) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            load._stop.TrySetResult();
            await Task.WhenAll(load._requests).ContinueWith(_ => { }, TaskScheduler.Default);
        }
    }
}
