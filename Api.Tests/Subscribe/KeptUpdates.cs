using LiveStreams.Api.Tests.Support;

namespace LiveStreams.Api.Tests.Subscribe;

/// <summary>
/// A server keeps ten updates a page; 30 are published. A subscriber that holds the first id learns that 19 are lost,
/// and receives the ten that are kept, and then live updates.
/// </summary>
internal static class KeptUpdates
{
    public const string Setting = "--History:MaxUpdates=10";

    /// <summary>Asserts it on a server with these settings.</summary>
    public static async Task AssertReceivedAfterResetAsync(string[] settings)
    {
        await using var api = await InProcessApi.StartAsync([Setting, .. settings]);
        using var client = new ApiClient(api.Address);
        await AssertReceivedAfterResetAsync(client, client);
    }

    public static async Task AssertReceivedAfterResetAsync(ApiClient publisher, ApiClient subscriber)
    {
        var first = await publisher.PublishAsync("kept", "1");
        for (var n = 2; n <= 30; n++)
        {
            await publisher.PublishAsync("kept", $"{n}");
        }

        await using var stream = await subscriber.SubscribeAsync("kept", first);

        var expected = new Reset("trimmed", $"{first.Split('-')[0]}-20", Missed: 19);
        Assert.Equal(expected, Reset.Parse(await stream.NextAsync()));
        Assert.Equal(Enumerable.Range(21, 10).Select(n => $"{n}"), await stream.NextDataAsync(10));
        await publisher.PublishAsync("kept", "live");
        Assert.Equal("live", (await stream.NextAsync()).Data);
    }
}
