using System.Text;
using System.Text.Json;
using LiveStreams.Core;

namespace LiveStreams.Api.Tests.Subscribe;

/// <summary>
/// In a stream of several pages, the reset of a page leaves the others alone, and says what one of a single page says.
/// </summary>
public sealed class PagesResetTests(ResetTests.ShortHistory api) : IClassFixture<ResetTests.ShortHistory>
{
    [Fact]
    public async Task A_page_whose_updates_were_trimmed_is_reset_and_the_other_continues()
    {
        string[] pages = ["trimmed", "whole"];
        var first = await api.Client.PublishAsync("trimmed", "0");
        for (var n = 1; n <= 10; n++)
        {
            await api.Client.PublishAsync("trimmed", $"{n}");
        }

        await api.Client.PublishAsync("whole", "1");
        var position = $".{EntryOf("trimmed", first)}{EntryOf("whole", "0")}";
        await using var resumed = await api.Client.SubscribeToPagesAsync(pages, position);

        // A client that is cut off before the reset must receive it again.
        Assert.Equal(position, resumed.StartedFrom);

        var events = new List<PageEvent>();
        while (events.Count < 7)
        {
            events.Add(await resumed.NextPageEventAsync());
        }

        Assert.Equal("1", Assert.Single(events, item => item.Page == "whole").Data);
        var trimmed = events.Where(item => item.Page == "trimmed").ToList();
        var reset = JsonSerializer.Deserialize<Reset>(trimmed[0].Data, JsonSerializerOptions.Web)!;
        Assert.Equal(("reset", "trimmed", 5L), (trimmed[0].Event, reset.Reason, reset.Missed));
        Assert.Equal(trimmed[0].Id, reset.From);
        Assert.Equal(["6", "7", "8", "9", "10"], trimmed.Skip(1).Select(item => item.Data));
    }

    [Theory]
    [InlineData("nonsense")]
    [InlineData("7eec645c92cd-1")]
    [InlineData(".AAAA")]
    public async Task A_position_that_is_none_of_several_pages_resets_every_page(string position)
    {
        string[] pages = [$"none {position} a", $"none {position} b"];
        foreach (var page in pages)
        {
            await api.Client.PublishAsync(page, "1");
        }

        await using var stream = await api.Client.SubscribeToPagesAsync(pages, position);
        foreach (var page in pages)
        {
            var reset = await stream.NextPageEventAsync();
            Assert.Equal((page, "reset"), (reset.Page, reset.Event));
            Assert.Contains("unknown", reset.Data, StringComparison.Ordinal);
        }

        await api.Client.PublishAsync(pages[1], "2");
        Assert.Equal("2", (await stream.NextPageEventAsync()).Data);
    }

    [Fact]
    public async Task A_forged_position_beyond_the_newest_update_resets_that_page()
    {
        string[] pages = ["forged a", "forged b"];
        await api.Client.PublishAsync("forged a", "1");
        await using var ahead = await api.Client.SubscribeToPagesAsync(["forged a"], query: "&from=earliest");
        await ahead.NextAsync();

        // The last character is the sequence 1.
        var forged = ahead.LastEventId[..^1] + "f";
        await using var stream = await api.Client.SubscribeToPagesAsync(pages, forged);

        // The position at the start has no entry of a page whose reset is yet to come.
        Assert.Equal($".{EntryOf("forged b", "0")}", stream.StartedFrom);

        var reset = await stream.NextPageEventAsync();
        Assert.Equal(("forged a", "reset"), (reset.Page, reset.Event));
        Assert.Contains("unknown", reset.Data, StringComparison.Ordinal);
        await api.Client.PublishAsync("forged b", "1");
        Assert.Equal("1", (await stream.NextPageEventAsync()).Data);
    }

    [Fact]
    public async Task After_a_reset_a_page_continues_with_its_snapshot()
    {
        string[] pages = ["posts a", "posts b"];
        foreach (var page in pages)
        {
            await api.Client.PublishAsync(page, "1");
        }

        await using var stream = await api.Client.SubscribeToPagesAsync(pages, "nonsense", "&snapshot=true");

        var events = new List<PageEvent>();
        while (events.Count < 4)
        {
            events.Add(await stream.NextPageEventAsync());
        }

        foreach (var page in pages)
        {
            var ofPage = events.Where(item => item.Page == page).ToList();
            Assert.Equal(["reset", "snapshot"], ofPage.Select(item => item.Event));
            Assert.Null(ofPage[0].Id);
            Assert.EndsWith("-1", ofPage[1].Id!, StringComparison.Ordinal);
        }
    }

    private static string EntryOf(string page, string id)
    {
        Assert.True(UpdateId.TryParse(id, out var position));
        Span<byte> text = stackalloc byte[PositionEntry.MaxLength];
        var length = PositionEntry.Of(PositionEntry.PageTagOf(PageId.Parse(page)), position).Write(text);
        return Encoding.ASCII.GetString(text[..length]);
    }
}
