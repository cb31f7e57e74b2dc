namespace LiveStreams.Api.Tests.Fuzz;

/// <summary>
/// Publishes to a page at a steady rate. Its subscriber must receive each update once, in order and soon.
/// </summary>
internal sealed class SteadyPage : IAsyncDisposable
{
    private static readonly TimeSpan _interval = TimeSpan.FromMilliseconds(20);
    private readonly ApiClient _client;
    private readonly EventStream _stream;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _running;

    private SteadyPage(ApiClient client, EventStream stream)
    {
        _client = client;
        _stream = stream;
        _running = RunAsync();
    }

    public int Count { get; private set; }

    public static async Task<SteadyPage> StartAsync(Uri server)
    {
        var client = new ApiClient(server);
        var steady = new SteadyPage(client, await client.SubscribeAsync("steady"));
        await Wait.UntilAsync(() => Task.FromResult(steady.Count > 0), "the first steady update");
        return steady;
    }

    /// <summary>Stops publishing. Throws if an update was lost, repeated or late.</summary>
    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        await _running;
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _stream.DisposeAsync();
        _client.Dispose();
        _stop.Dispose();
    }

    private async Task RunAsync()
    {
        using var timer = new PeriodicTimer(_interval);
        while (!_stop.IsCancellationRequested && await timer.WaitForNextTickAsync())
        {
            var id = await _client.PublishAsync("steady", $"{Count}");
            var next = await _stream.NextAsync();
            Assert.Equal((id, $"{Count}"), (next.EventId!, next.Data));
            Count++;
        }
    }
}
