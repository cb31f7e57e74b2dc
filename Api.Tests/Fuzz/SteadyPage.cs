namespace LiveStreams.Api.Tests.Fuzz;

/// <summary>A page that is published to steadily, and a subscriber that must see each update once and in order, soon.</summary>
internal sealed class SteadyPage : IAsyncDisposable
{
    private static readonly TimeSpan _pace = TimeSpan.FromMilliseconds(20);
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

    /// <summary>Ends it; throws what was wrong.</summary>
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
        using var pace = new PeriodicTimer(_pace);
        while (!_stop.IsCancellationRequested && await pace.WaitForNextTickAsync())
        {
            var id = await _client.PublishAsync("steady", $"{Count}");
            var next = await _stream.NextAsync();
            Assert.Equal((id, $"{Count}"), (next.EventId!, next.Data));
            Count++;
        }
    }
}
