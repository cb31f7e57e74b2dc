using System.Globalization;
using System.Text.Json;

namespace LiveStreams.Api.Tests.Tool;

/// <summary><c>livestreams tail</c> while its server is killed, full, or has lost updates.</summary>
public sealed class TailReconnectTests
{
    private const int Updates = 300;
    private const int Kills = 2;

    [Theory]
    [InlineData("home")]
    [InlineData("home", "away")]
    [InlineData("ho*")]
    [Trait(Tier.Name, Tier.All)]
    public async Task A_tail_loses_and_repeats_nothing_when_its_server_is_killed(params string[] pages)
    {
        using var api = await RestartableApi.StartAsync([.. ServerProcess.Unthrottled, "--Subscribers:Retry=00:00:01"]);
        using var client = new ApiClient(api.Current.Address);
        using var tail = ToolProcess.Start(api.Current.Address, ["tail", .. pages, "--json"]);
        await tail.WaitUntilConnectedAsync();

        var published = 0;
        var publishing = PublishAsync();
        for (var kill = 1; kill <= Kills; kill++)
        {
            await Wait.UntilAsync(
                () => Volatile.Read(ref published) >= kill * Updates / (Kills + 1), "enough updates before a kill");
            await api.KillAndRestartAsync();
            await tail.WaitUntilConnectedAsync(kill + 1);
        }

        await publishing;
        await tail.WaitForLinesAsync(Updates);

        Assert.Equal(
            Enumerable.Range(0, Updates),
            tail.Output.Select(line => JsonDocument.Parse(line).RootElement)
                .Select(update => int.Parse(update.GetProperty("data").GetString()!, CultureInfo.InvariantCulture)));
        Assert.Equal(Kills, tail.Errors.Count(line => line.EndsWith("Reconnecting in 1 s.", StringComparison.Ordinal)));
        Assert.Equal(0, await tail.InterruptAsync());

        async Task PublishAsync()
        {
            for (var n = 0; n < Updates; n++)
            {
                await client.PublishUntilAnsweredAsync("home", $"{n}", $"key {n}");
                Interlocked.Increment(ref published);
                await Wait.PauseAsync();
            }
        }
    }

    [Fact]
    public async Task A_tail_says_how_many_updates_are_lost()
    {
        using var api = await ServerProcess.StartAsync("--History:MaxUpdates=2");
        using var client = new ApiClient(api.Address);
        var first = await client.PublishAsync("home", "1");
        foreach (var data in new[] { "2", "3", "4", "5" })
        {
            await client.PublishAsync("home", data);
        }

        using var tail = ToolProcess.Start(api.Address, "tail", "home", "--from", first, "--json");
        await tail.WaitForLinesAsync(3);

        Assert.Contains("\"event\":\"reset\"", tail.Output[0], StringComparison.Ordinal);
        await Wait.UntilAsync(() => tail.Errors.Count >= 2, "the sentence about the reset");
        Assert.Equal(
            $"home: 2 updates are lost, because they are no longer kept. It continues after {first[..^1]}3.",
            tail.Errors[1]);
    }

    [Fact]
    public async Task A_tail_waits_until_a_full_server_has_room()
    {
        using var api = await ServerProcess.StartAsync("--Limits:MaxSubscribers=1");
        using var client = new ApiClient(api.Address);
        ToolProcess tail;
        await using (await client.SubscribeAsync("home"))
        {
            tail = ToolProcess.Start(api.Address, "tail", "home");
            await Wait.UntilAsync(() => tail.Errors.Count >= 1, "the tail is refused");
            Assert.Matches("event streams.* Reconnecting in [12] s.$", tail.Errors[0]);
        }

        using (tail)
        {
            await tail.WaitUntilConnectedAsync();
        }
    }
}
