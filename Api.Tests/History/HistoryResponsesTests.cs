using System.Text;
using LiveStreams.Api.History;
using LiveStreams.Core;

namespace LiveStreams.Api.Tests.History;

/// <summary>Readers of the same block of history share one response while any of them holds it.</summary>
public sealed class HistoryResponsesTests
{
    private static readonly HistoryResponseKey _key = HistoryResponseKey.Of(
        new HistoryPart(PageId.Parse("home"), new HistoryBlock(PageHead.Empty, [], Reset: null), IsFull: false),
        HistoryFormat.Json);

    private readonly HistoryResponses _responses = new();
    private int _encodings;

    [Fact]
    public void A_response_is_shared_until_the_last_of_its_readers_has_released_it()
    {
        var first = Hold();
        var second = Hold();
        Assert.Same(first.Response, second.Response);

        first.Dispose();
        first.Dispose();
        using (var third = Hold())
        {
            Assert.Same(second.Response, third.Response);
        }

        Assert.Equal(1, _encodings);
        second.Dispose();
        using var later = Hold();
        Assert.NotSame(second.Response, later.Response);
        Assert.Equal(2, _encodings);
    }

    private HistoryResponseLease Hold() => _responses.GetOrCreate(_key, () =>
    {
        _encodings++;
        return Encoding.UTF8.GetBytes("{}");
    });
}
