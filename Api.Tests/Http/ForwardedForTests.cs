using System.Net;
using LiveStreams.Api.Http;
using LiveStreams.Api.Tests.Support;

namespace LiveStreams.Api.Tests.Http;

/// <summary>Whose request it is, behind proxies.</summary>
public sealed class ForwardedForTests
{
    private const string Unknown = "0.0.0.0";

    private static readonly ForwardedFor _forwardedFor = new(
        [IPNetwork.Parse("127.0.0.0/8"), IPNetwork.Parse("10.0.0.0/8"), IPNetwork.Parse("2001:db8:ffff::/48")]);

    [Theory]
    [InlineData("198.51.100.1", "198.51.100.1")]
    [InlineData("198.51.100.1:443", "198.51.100.1")]
    [InlineData("2001:db8::1", "2001:db8::1")]
    [InlineData("[2001:db8::1]", "2001:db8::1")]
    [InlineData("[2001:db8::1]:443", "2001:db8::1")]
    [InlineData("::ffff:198.51.100.1", "::ffff:198.51.100.1")]
    [InlineData(" \t198.51.100.1\t ", "198.51.100.1")]
    [InlineData("203.0.113.9, 198.51.100.1", "198.51.100.1")]
    [InlineData("\", 198.51.100.1", "198.51.100.1")]
    [InlineData("198.51.100.1, 10.0.0.1, 127.0.0.1", "198.51.100.1")]
    [InlineData("198.51.100.1,::ffff:10.0.0.1", "198.51.100.1")]
    [InlineData("198.51.100.1, [2001:db8:ffff::1]:80", "198.51.100.1")]
    [InlineData("10.0.0.1", "10.0.0.1")]
    [InlineData("10.0.0.2, 10.0.0.1", "10.0.0.2")]
    public void The_first_address_from_the_right_that_is_not_trusted_is_the_visitors(string header, string visitor) =>
        Assert.Equal(IPAddress.Parse(visitor), Find(header));

    [Theory]
    [InlineData("\"")]
    [InlineData("")]
    [InlineData(",")]
    [InlineData("198.51.100.1,")]
    [InlineData("198.51.100.1, \"")]
    [InlineData("\"198.51.100.1\"")]
    [InlineData("\"[2001:db8::1]:443\"")]
    [InlineData("unknown")]
    [InlineData("_hidden")]
    [InlineData("198.51.100.1, _SEVKISEK, 10.0.0.1")]
    [InlineData("999.1.1.1")]
    [InlineData("1")]
    [InlineData("0x7f.1")]
    [InlineData("198.51.100")]
    [InlineData("198.051.100.001")]
    [InlineData("198.51.100.1:")]
    [InlineData("198.51.100.1:99999")]
    [InlineData("198.51.100.1 10.0.0.1")]
    [InlineData("[198.51.100.1]:80")]
    [InlineData("[2001:db8::1")]
    [InlineData("2001:db8::1]")]
    [InlineData("[2001:db8::1]443")]
    [InlineData("localhost")]
    [InlineData("198.51.100.1\u0660")]
    public void An_entry_that_is_no_address_makes_the_visitor_unknown_and_never_the_proxy(string header)
    {
        Assert.Equal(IPAddress.Parse(Unknown), Find(header));
        Assert.Equal(IPAddress.Parse(Unknown), Find("198.51.100.1", header));
    }

    [Fact]
    public void A_very_long_entry_makes_the_visitor_unknown()
    {
        Assert.Equal(IPAddress.Parse(Unknown), Find(new string('1', 16_000)));
        Assert.Equal(IPAddress.Parse(Unknown), Find(new string(':', 16_000)));
        Assert.Equal(IPAddress.Parse(Unknown), Find("[" + new string('[', 16_000)));
        Assert.Equal(IPAddress.Parse(Unknown), Find("x" + string.Concat(Enumerable.Repeat(",10.0.0.1", 1_700))));
    }

    [Fact]
    public void The_last_of_several_headers_is_the_nearest_proxys()
    {
        Assert.Equal(IPAddress.Parse("198.51.100.2"), Find("198.51.100.1", "198.51.100.2"));
        Assert.Equal(IPAddress.Parse("198.51.100.1"), Find("\", 198.51.100.1", "10.0.0.1"));
    }

    [Fact]
    public void A_client_that_is_not_trusted_is_itself_whatever_it_sends()
    {
        var peer = IPAddress.Parse("192.0.2.1");
        Assert.Equal(peer, _forwardedFor.FindVisitor(peer, "198.51.100.1"));
        Assert.Equal(peer, _forwardedFor.FindVisitor(peer, "\""));
        Assert.Equal(
            IPAddress.Parse("198.51.100.1"), _forwardedFor.FindVisitor(peer: null, "198.51.100.1"));
    }

    [Fact]
    public async Task Visitors_whose_proxy_sends_no_address_share_a_limit_of_their_own()
    {
        await using var api = await InProcessApi.StartAsync("--Store=memory", "--Limits:MaxSubscribersPerAddress=1");
        using var proxy = await OpenAsync(api.Address, null, "200");
        using var hidden = await OpenAsync(api.Address, "\"", "200");
        using var unknown = await OpenAsync(api.Address, "unknown", "429");
        using var known = await OpenAsync(api.Address, "198.51.100.1", "200");
    }

    [Fact]
    public async Task The_switch_of_ASPNET_that_trusts_every_client_has_no_effect_and_a_warning_says_so()
    {
        using var server = await ServerProcess.StartAsync(
            ["--Store=memory", "--Limits:MaxSubscribersPerAddress=1", "--Proxies:Trusted=192.0.2.1"],
            ("ASPNETCORE_FORWARDEDHEADERS_ENABLED", "true"));
        using var first = await OpenAsync(server.Address, "198.51.100.1", "200");
        using var second = await OpenAsync(server.Address, "198.51.100.2", "429");
        Assert.Contains(
            "ASPNETCORE_FORWARDEDHEADERS_ENABLED has no effect: Proxies:Trusted says",
            server.Output,
            StringComparison.Ordinal);
    }

    private static IPAddress? Find(params string[] headers) => _forwardedFor.FindVisitor(IPAddress.Loopback, headers);

    private static async Task<RawHttp> OpenAsync(Uri server, string? forwardedFor, string status)
    {
        var visitor = await RawHttp.ConnectAsync(server, from: "127.0.0.2");
        var header = forwardedFor is null ? "" : $"X-Forwarded-For: {forwardedFor}\r\n";
        await visitor.SendAsync($"GET /pages/home/events HTTP/1.1\r\nHost: x\r\n{header}\r\n");
        Assert.StartsWith($"HTTP/1.1 {status} ", await visitor.ReceiveAsync(), StringComparison.Ordinal);
        return visitor;
    }
}
