using System.Globalization;
using System.Net;
using System.Net.ServerSentEvents;

namespace LiveStreams.Api.Tests.Hosting;

/// <summary>
/// Thousands of readers of some pages, which reconnect as EventSource does: after the delay that they were told, from
/// the last event id, and never after a response that is no stream. Each expects the numbers 0, 1, 2 … on its page.
/// </summary>
internal sealed class ReaderCrowd : IDisposable
{
    public const string Last = "the last one";

    private readonly HttpClient _http;
    private readonly List<Task> _readers = [];
    private int _connected;
    private int _fewest = int.MaxValue;

    /// <param name="address">The proxy.</param>
    public ReaderCrowd(Uri address) =>
        _http = new HttpClient { BaseAddress = address, Timeout = Timeout.InfiniteTimeSpan };

    /// <summary>How many have a stream.</summary>
    public int Connected => Volatile.Read(ref _connected);

    /// <summary>The fewest that had one at any moment since <see cref="JoinAsync"/>.</summary>
    public int Fewest => Volatile.Read(ref _fewest);

    /// <summary>Lets readers come, and returns when all have a stream.</summary>
    public async Task JoinAsync(int readers, IReadOnlyList<string> pages)
    {
        const int AtOnce = 200;
        for (var n = 0; n < readers; n++)
        {
            _readers.Add(ReadAsync(pages[n % pages.Count]));
            if (n % AtOnce == AtOnce - 1)
            {
                await WaitForAllAsync();
            }
        }

        await WaitForAllAsync();
        Volatile.Write(ref _fewest, readers);
    }

    /// <summary>Waits until every reader has a stream.</summary>
    public async Task WaitForAllAsync()
    {
        await Wait.UntilAsync(() => Failed is not null || Connected == _readers.Count, "all readers have a stream");
        await (Failed ?? Task.CompletedTask);
    }

    /// <summary>Waits until every reader has received the last update, and every number before.</summary>
    public Task CompleteAsync() => Task.WhenAll(_readers).BoundedAsync();

    public void Dispose() => _http.Dispose();

    private Task? Failed => _readers.Find(static reader => reader.IsFaulted);

    private async Task ReadAsync(string page)
    {
        var (expected, position, retry) = (0, "0", TimeSpan.Zero);
        while (true)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, $"{ApiClient.PathOf(page)}/events");
            request.Headers.Add("Last-Event-ID", position);
            using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            var isStream = response.Headers.Contains("Last-Event-ID");
            Interlocked.Add(ref _connected, isStream ? 1 : 0);
            var events = SseParser.Create(await response.Content.ReadAsStreamAsync());
            try
            {
                await foreach (var item in events.EnumerateAsync())
                {
                    if (item.Data == Last)
                    {
                        return;
                    }

                    Assert.Equal(expected.ToString(CultureInfo.InvariantCulture), item.Data);
                    (expected, position) = (expected + 1, item.EventId!);
                }
            }
            catch (IOException)
            {
                // Cut off, as when a server is killed.
            }

            CountDisconnected(isStream);
            retry = events.ReconnectionInterval > TimeSpan.Zero ? events.ReconnectionInterval : retry;
            await Task.Delay(retry, TimeProvider.System);
        }
    }

    private void CountDisconnected(bool wasStream)
    {
        var connected = Interlocked.Add(ref _connected, wasStream ? -1 : 0);
        for (var fewest = Fewest; connected < fewest; fewest = Fewest)
        {
            Interlocked.CompareExchange(ref _fewest, connected, fewest);
        }
    }
}
