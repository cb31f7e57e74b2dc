using System.Text.Json;
using LiveStreams.Bench.Load;
using LiveStreams.Bench.Servers;

namespace LiveStreams.Bench.Scenarios;

/// <summary>
/// Many streams reconnect at once, as after a network failure, and each must receive the same updates that it missed.
/// </summary>
internal sealed class ResumeScenario(int streams, int updates) : Scenario
{
    public override string Title => $"resume, {streams:N0} streams come back {updates} updates behind";

    public override int Streams => streams;

    public override ServerCapabilities RequiredCapabilities => ServerCapabilities.History;

    public override async Task<IReadOnlyList<Figure>> RunAsync(Server server, CancellationToken cancellationToken)
    {
        var position = await PublishMissedAsync(server, cancellationToken);
        await server.WaitUntilIdleAsync(cancellationToken);
        using var load = new LoadLoop(server, new LoadShape(streams) { LastEventId = position }, cancellationToken);
        var result = load.Replay(updates);
        return
        [
            new("replayed events/s", result.Delivered / result.Elapsed.TotalSeconds),
            LoadShare(result),
        ];
    }

    /// <summary>
    /// Publishes an update that the subscribers have received, then those they missed. Returns the position between
    /// them.
    /// </summary>
    private async Task<string> PublishMissedAsync(Server server, CancellationToken cancellationToken)
    {
        using var client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{server.Port}") };
        var position = await PublishAsync(client, server, "received", cancellationToken);
        for (var number = 0; number < updates; number++)
        {
            var data = UpdateRequest.CreateData(number, LoadShape.UpdateBytes);
            await PublishAsync(client, server, data, cancellationToken);
        }

        return position;
    }

    private static async Task<string> PublishAsync(
        HttpClient client,
        Server server,
        string data,
        CancellationToken cancellationToken)
    {
        using var response = await client.PostAsync(server.PublishPath(0), new StringContent(data), cancellationToken);
        using var json = JsonDocument.Parse(
            await response.EnsureSuccessStatusCode().Content.ReadAsStringAsync(cancellationToken));
        return json.RootElement.GetProperty("id").GetString()!;
    }
}
