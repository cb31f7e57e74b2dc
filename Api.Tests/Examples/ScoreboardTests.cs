using LiveStreams.Api.Tests.Support;
using Microsoft.Playwright;

namespace LiveStreams.Api.Tests.Examples;

/// <summary><c>examples/scoreboard</c> in Chromium, with the commands of <c>examples/README.md</c>.</summary>
public sealed class ScoreboardTests(Chromium chromium)
{
    [Fact]
    [Trait(Tier.Name, Tier.All)]
    public async Task The_scoreboard_shows_what_curl_publishes_and_continues_after_a_server_kill()
    {
        await using var site = await ExampleSite.StartAsync(chromium, "scoreboard");
        var commands = await ExampleCommands.ReadAsync("Scoreboard");
        Assert.Equal(4, commands.Length);
        var tab = await site.OpenAsync();
        await Assertions.Expect(tab.Locator("#state")).ToHaveTextAsync("live");

        await PublishAsync(commands[0]);
        await PublishAsync(commands[1]);
        await WaitForRowsAsync(tab, "Lions 0 : 0 Bears", "Wolves 2 : 1 Hawks");
        await Assertions.Expect(tab.Locator("tr:not([hidden]) .watching"))
            .ToHaveTextAsync(["1 watching", "1 watching"]);
        await site.KillAndRestartServerAsync();
        await PublishAsync(commands[2]);
        await PublishAsync(commands[3]);
        await WaitForRowsAsync(tab, "Lions 1 : 0 Bears", "Wolves 2 : 1 Hawks");
        await Assertions.Expect(tab.Locator("tr.over")).ToContainTextAsync("Wolves");

        var newSubscriber = await site.OpenAsync();
        await Assertions.Expect(newSubscriber.Locator("tr")).ToHaveCountAsync(40);
        await WaitForRowsAsync(newSubscriber, "Lions 1 : 0 Bears", "Wolves 2 : 1 Hawks");
        await Assertions.Expect(newSubscriber.Locator("tr.over")).ToContainTextAsync("Wolves");

        Task PublishAsync(string command) => ExampleCommands.RunAsync(command, "localhost:8080", site.Server);
    }

    private static Task WaitForRowsAsync(IPage tab, params string[] rows) => Wait.UntilAsync(
        async () => string.Join('|', rows) == await tab.EvaluateAsync<string>(
            "[...scores.rows].filter(row => !row.hidden)"
            + ".map(row => [...row.cells].slice(0, 3).map(cell => cell.textContent).join(' ')).join('|')"),
        string.Join('|', rows));
}
