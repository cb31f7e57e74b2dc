using System.Text;
using LiveStreams.Core;
using LiveStreams.Redis.Presence;

namespace LiveStreams.Redis.Tests.Presence;

/// <summary>Reports as JSON.</summary>
public sealed class PresenceJsonTests
{
    [Fact]
    public void A_report_is_written_as_documented()
    {
        var report = new PresenceReport("7f3a", 12)
        {
            IsFirst = true,
            IsLast = true,
            IsRequest = true,
            Pages = [new PageCount(PageId.Parse("a \"é\""), 3), new PageCount(PageId.Parse("b"), 2_000_000)],
        };

        Assert.Equal(
            """
            {"node":"7f3a","sequence":12,"first":true,"last":true,"request":true,"pages":{"a \"é\"":3,"b":1000000}}
            """,
            Encoding.UTF8.GetString(PresenceJson.Write(report).Span));
        Assert.Equal(
            """{"node":"7f3a","sequence":13,"leaving":true,"pages":{}}""",
            Encoding.UTF8.GetString(PresenceJson.Write(new PresenceReport("7f3a", 13) { IsLeaving = true }).Span));
    }

    [Fact]
    public void Members_of_later_versions_are_ignored()
    {
        var report = PresenceJson.Read("""{"later":{"a":[1]},"node":"x","sequence":1,"pages":{"a":1}}"""u8);

        Assert.Equal(("x", 1, "a"), (report!.Node, report.Sequence, report.Pages[0].Page.Value));
    }

    [Theory]
    [InlineData("")]
    [InlineData("hello")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"node":"x"}""")]
    [InlineData("""{"node":"","sequence":1}""")]
    [InlineData("""{"node":"x","sequence":0}""")]
    [InlineData("""{"node":null,"sequence":1}""")]
    [InlineData("""{"node":"x","sequence":"1"}""")]
    [InlineData("""{"node":"x","sequence":1.5}""")]
    [InlineData("""{"node":"x","sequence":1} {}""")]
    [InlineData("""{"node":"x","sequence":1""")]
    [InlineData("""{"node":"\ud800","sequence":1}""")]
    [InlineData("""{"node":"x","sequence":1,"first":1}""")]
    [InlineData("""{"node":"x","sequence":1,"pages":1}""")]
    [InlineData("""{"node":"x","sequence":1,"pages":["a"]}""")]
    [InlineData("""{"node":"x","sequence":1,"pages":{"a":-1}}""")]
    [InlineData("""{"node":"x","sequence":1,"pages":{"a":1000001}}""")]
    [InlineData("""{"node":"x","sequence":1,"pages":{"a":"1"}}""")]
    [InlineData("""{"node":"x","sequence":1,"pages":{"":1}}""")]
    [InlineData("""{"node":"x","sequence":1,"pages":{"{a}":1}}""")]
    [InlineData("""{"node":"12345678901234567890123456789012345678901234567890123456789012345","sequence":1}""")]
    public void Anything_else_is_not_a_report(string json) =>
        Assert.Null(PresenceJson.Read(Encoding.UTF8.GetBytes(json)));

    [Fact]
    public void A_message_that_is_larger_than_any_report_is_not_read()
    {
        var report = Encoding.UTF8.GetBytes("""{"node":"x","sequence":1}""");

        Assert.NotNull(PresenceJson.Read([.. report, .. new byte[100].Select(_ => (byte)' ')]));
        Assert.Null(PresenceJson.Read([.. report, .. new byte[PresenceJson.MaxBytes].Select(_ => (byte)' ')]));
    }
}
