using System.Net;
using LiveStreams.Api.Limits;

namespace LiveStreams.Api.Tests.Limits;

public sealed class ClientAddressTests
{
    [Theory]
    [InlineData("192.0.2.1", "192.0.2.1")]
    [InlineData("192.0.2.1", "::ffff:192.0.2.1")]
    [InlineData("2001:db8:1:2::1", "2001:db8:1:2:ffff:ffff:ffff:ffff")]
    [InlineData("fe80::1%1", "fe80::2")]
    public void Addresses_of_the_same_client_are_equal(string one, string same) => Assert.Equal(Of(one), Of(same));

    [Theory]
    [InlineData("192.0.2.1", "192.0.2.2")]
    [InlineData("::ffff:192.0.2.1", "::ffff:192.0.2.2")]
    [InlineData("2001:db8:1:2::1", "2001:db8:1:3::1")]
    [InlineData("::1", "127.0.0.1")]
    [InlineData("::192.0.2.1", "192.0.2.1")]
    public void Addresses_of_two_clients_are_different(string one, string other) => Assert.NotEqual(Of(one), Of(other));

    [Fact]
    public void Connections_without_an_address_count_as_one_client() =>
        Assert.Equal(ClientAddress.Of((IPAddress?)null), ClientAddress.Of((IPAddress?)null));

    private static ClientAddress Of(string address) => ClientAddress.Of(IPAddress.Parse(address));
}
