using System.Text.Json;
using LiveStreams.Bench.Load;
using LiveStreams.Bench.Servers;

namespace LiveStreams.Bench.Scenarios;

/// <summary>A crowd comes back at once, as after a cut, and each is owed the same updates.</summary>
internal sealed class Resume(int streams, int updates) : Scenario
{
    public override string Title => $"resume, {streams:N0} streams come back {updates} updates behind";

    public override int Streams => streams;

    public override Abilities Needs => Abilities.History;

    public override async Task<IReadOnlyList<Figure>> RunAsync(Server server, CancellationToken cancellationToken)
    {
        var position = await PublishMissedAsync(server, cancellationToken);
        await server.SettleAsync(cancellationToken);
        using var load = new LoadLoop(server, new LoadShape(streams) { LastEventId = position }, cancellationToken);
        var result = load.Replay(updates);
        return
        [
            new("replayed events/s", result.Delivered / result.Elapsed.TotalSeconds),
            LoadShare(result),
        ];
    }

    /// <summary>Publishes one update that the subscribers have seen, then those they have not, and returns where they stand.</summary>
    private async Task<string> PublishMissedAsync(Server server, CancellationToken cancellationToken)
    {
        using var client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{server.Port}") };
        var position = await PublishAsync(client, server, "seen", cancellationToken);
        for (var number = 0; number < updates; number++)
        {
            await PublishAsync(client, server, UpdateRequest.Data(number, LoadShape.UpdateBytes), cancellationToken);
        }

        return position;
    }

    private static async Task<string> PublishAsync(HttpClient client, Server server, string data, CancellationToken cancellationToken)
    {
        using var answer = await client.PostAsync(server.PublishPath(0), new StringContent(data), cancellationToken);
        using var published = JsonDocument.Parse(await answer.EnsureSuccessStatusCode().Content.ReadAsStringAsync(cancellationToken));
        return published.RootElement.GetProperty("id").GetString()!;
    }
}
