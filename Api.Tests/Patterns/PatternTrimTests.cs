using LiveStreams.Api.Tests.Subscribe;

namespace LiveStreams.Api.Tests.Patterns;

/// <summary>A resume of a pattern says so when history does not reach back to the moment.</summary>
public sealed class PatternTrimTests(ResetTests.ShortHistory api) : IClassFixture<ResetTests.ShortHistory>
{
    [Fact]
    public async Task A_page_that_may_have_lost_updates_is_reset_and_continues_with_what_is_kept()
    {
        string position;
        await using (var stream = await api.Client.SubscribeToPatternAsync("trim:*"))
        {
            position = stream.StartedFrom;
        }

        for (var n = 1; n <= 11; n++)
        {
            await api.Client.PublishAsync("trim:a", $"{n}");
        }

        await using var resumed = await api.Client.SubscribeToPatternAsync("trim:*", position);

        var reset = await resumed.NextPageEventAsync();
        Assert.Equal(("trim:a", "reset"), (reset.Page, reset.Event));
        Assert.Contains("\"reason\":\"trimmed\"", reset.Data, StringComparison.Ordinal);
        Assert.Contains("\"missed\":null", reset.Data, StringComparison.Ordinal);
        for (var n = 7; n <= 11; n++)
        {
            Assert.Equal($"{n}", (await resumed.NextPageEventAsync()).Data);
        }
    }
}
