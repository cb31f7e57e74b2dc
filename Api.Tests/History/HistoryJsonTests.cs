using System.Text;
using LiveStreams.Api.History;
using LiveStreams.Api.Http;
using LiveStreams.Core;
using Microsoft.AspNetCore.Http;

namespace LiveStreams.Api.Tests.History;

/// <summary>The bytes of the JSON of a page and of its history, which clients depend on.</summary>
public sealed class HistoryJsonTests
{
    private static readonly DateTimeOffset _time = new(2026, 11, 27, 1, 2, 3, 4, TimeSpan.Zero);

    [Fact]
    public async Task Updates_have_their_data_as_published_in_a_string()
    {
        Update[] updates =
        [
            new(new UpdateId(5, 7), null, "<b>né</b> \"+\" \u0001\n"u8.ToArray(), _time),
            new(new UpdateId(5, 8), "goal", "{\"a\":[1, 2]}"u8.ToArray(), _time.AddHours(20)),
        ];
        var block = new HistoryBlock(new PageHead(new UpdateId(5, 9), OldestSequence: 7), updates, Reset: null);

        var json = await WriteAsync(response => JsonResponse.WriteAsync(
            response,
            UpdateList.Of(new HistoryPart(PageId.Parse("home"), block, IsFull: false)),
            HistoryJson.Default.UpdateList));

        Assert.Equal(
            """
            {"page":"home","updates":[
            {"id":"000000000005-7","event":null,"data":"<b>né</b> \"+\" \u0001\n","time":"2026-11-27T01:02:03.004Z"},
            {"id":"000000000005-8","event":"goal","data":"{\"a\":[1, 2]}","time":"2026-11-27T21:02:03.004Z"}
            ],"prev":null,"next":"000000000005-8","head":"000000000005-9"}
            """.ReplaceLineEndings(""),
            json);
    }

    [Fact]
    public async Task A_page_without_updates_has_no_oldest_and_a_block_at_the_end_no_next()
    {
        var head = new PageHead(new UpdateId(5, 9), OldestSequence: 10);
        var page = PageId.Parse("home");

        Assert.Equal(
            """{"page":"home","head":"000000000005-9","oldest":null,"updates":0,"ended":false,"subscribers":3}""",
            await WriteAsync(response => JsonResponse.WriteAsync(
                response, PageSummary.Of(page, head, subscribers: 3), HistoryJson.Default.PageSummary)));
        Assert.Equal(
            """{"page":"home","updates":[],"prev":null,"next":null,"head":"000000000005-9"}""",
            await WriteAsync(response => JsonResponse.WriteAsync(
                response,
                UpdateList.Of(new HistoryPart(page, new HistoryBlock(head, [], Reset: null), IsFull: false)),
                HistoryJson.Default.UpdateList)));
    }

    [Fact]
    public void A_full_block_has_the_same_bytes_whatever_the_page_keeps()
    {
        Update[] updates = [new(new UpdateId(5, 7), "goal", "1:0"u8.ToArray(), _time)];
        PageHead[] pages = [new(new UpdateId(5, 8), 1), new(new UpdateId(5, 900), 7)];

        foreach (var page in pages)
        {
            var part = new HistoryPart(
                PageId.Parse("home"), new HistoryBlock(page, updates, Reset: null), IsFull: true);

            Assert.Equal(
                """
                {"page":"home","updates":[
                {"id":"000000000005-7","event":"goal","data":"1:0","time":"2026-11-27T01:02:03.004Z"}
                ],"prev":"000000000005-7","next":"000000000005-7"}
                """.ReplaceLineEndings(""),
                Encoding.UTF8.GetString(JsonResponse.Encode(UpdateList.Of(part), HistoryJson.Default.UpdateList).Span));
        }
    }

    private static async Task<string> WriteAsync(Func<HttpResponse, Task> write)
    {
        using var body = new MemoryStream();
        var context = new DefaultHttpContext { Response = { Body = body } };
        await write(context.Response);
        await context.Response.BodyWriter.FlushAsync(TestContext.Current.CancellationToken);
        return Encoding.UTF8.GetString(body.ToArray());
    }
}
