using System.Text;
using LiveStreams.Api.Tool.Tail;

namespace LiveStreams.Api.Tests.Tool;

/// <summary>The position up to which a stream has been read, wherever it is cut.</summary>
public sealed class EventStreamReaderTests
{
    private const string Stream =
        "retry: 1500\n: live\nid: a-1\n\nid: a-2\ndata: two\n\nid: a-3\n\nid: a-4\ndata: four\n\n";

    [Fact]
    public async Task A_stream_that_is_cut_anywhere_has_the_position_of_what_was_returned()
    {
        for (var length = 0; length <= Stream.Length; length++)
        {
            var arrived = Stream[..length];
            var whole = arrived[..(arrived.LastIndexOf("\n\n", StringComparison.Ordinal) + 1)];
            var reader = Create(arrived);

            var data = await ReadAsync(reader);

            Assert.Equal(
                (whole.Contains("two", StringComparison.Ordinal), whole.Contains("four", StringComparison.Ordinal)),
                (data.Contains("two"), data.Contains("four")));
            Assert.Equal(LastId(whole), reader.Position);
        }
    }

    [Fact]
    public async Task The_position_does_not_move_past_an_event_that_is_not_taken_yet()
    {
        var reader = Create(Stream);
        await foreach (var item in reader.ReadAsync(TestContext.Current.CancellationToken))
        {
            Assert.NotEqual(item.EventId, reader.Position);
        }

        Assert.Equal(("a-4", TimeSpan.FromMilliseconds(1500)), (reader.Position, reader.Retry));
    }

    private static string? LastId(string blocks) =>
        blocks.LastIndexOf("id: ", StringComparison.Ordinal) is >= 0 and var id ? blocks[(id + 4)..(id + 7)] : null;

    private static EventStreamReader Create(string text) =>
        new(new MemoryStream(Encoding.UTF8.GetBytes(text)), TimeProvider.System);

    private static async Task<List<string>> ReadAsync(EventStreamReader reader)
    {
        var data = new List<string>();
        await foreach (var item in reader.ReadAsync(TestContext.Current.CancellationToken))
        {
            data.Add(item.Data);
        }

        return data;
    }
}
