using System.Net.ServerSentEvents;
using System.Text;
using System.Text.RegularExpressions;
using FsCheck;
using FsCheck.Fluent;
using LiveStreams.Core.FanOut;

namespace LiveStreams.Core.Tests.FanOut;

public sealed partial class EventEncoderTests
{
    private static readonly UpdateId _id = new(0xabc, 17);

    [Fact]
    public void An_event_has_an_id_a_name_and_a_data_field_for_each_line() =>
        Assert.Equal("id: 000000000abc-17\nevent: score\ndata: 1\ndata: \ndata: 2\n\n", Encode(_id, "score", "1\n\n2"));

    [Theory]
    [InlineData("", "data: \n\n")]
    [InlineData(" x", "data:  x\n\n")]
    [InlineData("a\rb\r\nc\nd", "data: a\ndata: b\ndata: c\ndata: d\n\n")]
    [InlineData("\r", "data: \ndata: \n\n")]
    [InlineData("\r\n", "data: \ndata: \n\n")]
    [InlineData("\n\r", "data: \ndata: \ndata: \n\n")]
    [InlineData("id: 1\nevent: x", "data: id: 1\ndata: event: x\n\n")]
    public void Each_line_of_data_becomes_a_data_field(string data, string expected) =>
        Assert.Equal(expected, Encode(UpdateId.None, null, data));

    [Fact]
    public void Any_event_obeys_the_grammar_and_is_parsed_back_unchanged()
    {
        var lines = Gen.Elements('\r', '\n', ':', ' ', '\0', 'a', '✓');
        var texts = Gen.OneOf(lines.ArrayOf().Select(chars => new string(chars)), Text());
        var validNames = Text().Where(name => EventName.FindError(name) is null).Select(name => (string?)name);
        var names = Gen.OneOf(Gen.Constant<string?>(null), validNames);
        Prop.ForAll(
            texts.SelectMany(_ => names, (data, name) => (data, name)).ToArbitrary(),
            pair =>
            {
                var frame = Encode(_id, pair.name, pair.data);
                var read = Parse(frame);
                return EventGrammar().IsMatch(frame)
                    && read.Data == pair.data.NormalizeLineEnds()
                    && read.EventType == (pair.name ?? "message")
                    && read.EventId == _id.ToString();
            }).Check(Config.QuickThrowOnFailure.WithMaxTest(2000));
    }

    [Fact]
    public void The_opening_sets_the_retry_and_the_position_and_fires_no_event()
    {
        var opening = Encoding.UTF8.GetString(EventEncoder.Opening($"{_id}", TimeSpan.FromSeconds(2)));

        Assert.Equal("retry: 2000\n: live\nid: 000000000abc-17\n\n", opening);
        Assert.Empty(SseParser.Create(new MemoryStream(Encoding.UTF8.GetBytes(opening))).Enumerate());
        var withoutPosition = Encoding.UTF8.GetString(EventEncoder.Opening(null, TimeSpan.FromSeconds(2)));
        Assert.Equal("retry: 2000\n: live\n\n", withoutPosition);
    }

    [Theory]
    [InlineData(ResetReason.Trimmed, 12L, "trimmed", "12")]
    [InlineData(ResetReason.Epoch, null, "epoch", "null")]
    [InlineData(ResetReason.Unknown, null, "unknown", "null")]
    public void A_reset_has_a_reason_a_position_and_a_number_of_missed_updates(
        ResetReason reason, long? missed, string reasonText, string missedText)
    {
        var bytes = EventEncoder.Reset(new PageReset(reason, _id, missed), snapshotFollows: false);
        var reset = Parse(Encoding.UTF8.GetString(bytes));

        var data = $$"""{"reason":"{{reasonText}}","from":"{{_id}}","missed":{{missedText}}}""";
        Assert.Equal(("reset", data, _id.ToString()), (reset.EventType, reset.Data, reset.EventId));
    }

    private static Gen<string> Text() =>
        ArbMap.Default.GeneratorFor<NonNull<string>>()
            .Select(text => Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text.Get)));

    private static string Encode(UpdateId id, string? name, string data) =>
        Encoding.UTF8.GetString(EventEncoder.Encode(id, name, Encoding.UTF8.GetBytes(data)));

    private static SseItem<string> Parse(string frame) =>
        Assert.Single(SseParser.Create(new MemoryStream(Encoding.UTF8.GetBytes(frame))).Enumerate());

    [GeneratedRegex(@"\A(id: [0-9a-f]{12}-[0-9]+\n)?(event: [^\r\n\0]+\n)?(data: [^\r\n]*\n)+\n\z")]
    private static partial Regex EventGrammar();
}

file static class StreamText
{
    /// <summary>Each line end becomes one LF, as in any client (WHATWG HTML §9.2.6).</summary>
    public static string NormalizeLineEnds(this string text) =>
        text.Replace("\r\n", "\n", StringComparison.Ordinal).Replace('\r', '\n');
}
