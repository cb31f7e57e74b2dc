using System.Globalization;
using LiveStreams.Api.Tests.Support;

namespace LiveStreams.Api.Tests.Publish;

/// <summary>A browser may publish only from pages of the same origin.</summary>
public sealed class OriginTests
{
    [Theory]
    [InlineData("http://elsewhere.example", 403)]
    [InlineData("null", 403)]
    [InlineData("http://HOST", 201)]
    [InlineData("https://HOST", 201)]
    public async Task A_page_of_another_origin_cannot_publish_from_a_visitors_browser(string origin, int status)
    {
        await using var api = await InProcessApi.StartAsync("--Store=memory");
        var host = api.Address.Authority;
        await AssertStatusAsync(api, host, origin.Replace("HOST", host, StringComparison.Ordinal), status);
    }

    [Theory]
    [InlineData("localhost:8080", "http://localhost:8080", 201)]
    [InlineData("[::1]:8080", "http://[::1]:8080", 201)]
    [InlineData("elsewhere.example:8080", "http://elsewhere.example:8080", 403)]
    public async Task A_site_whose_name_resolves_to_this_machine_cannot_publish_as_a_local_publisher(
        string host,
        string origin,
        int status)
    {
        await using var api = await InProcessApi.StartAsync("--Store=memory");
        await AssertStatusAsync(api, host, origin, status);
    }

    [Theory]
    [InlineData("xn--", "http://other.example", 403)]
    [InlineData("xn--bcher-kva.example", "https://xn--bcher-kva.example", 201)]
    public async Task A_host_in_Punycode_matches_its_own_origin_and_an_invalid_one_causes_no_server_error(
        string host,
        string origin,
        int status)
    {
        await using var api = await InProcessApi.StartAsync("--Store=memory", "--Auth:AnonymousPublish=true");
        await AssertStatusAsync(api, host, origin, status);
    }

    [Theory]
    [InlineData("Sec-Fetch-Site: cross-site", 403)]
    [InlineData("Sec-Fetch-Site: same-site", 403)]
    [InlineData("Sec-Fetch-Site: Cross-Site", 403)]
    [InlineData("Sec-Fetch-Site: same-origin\r\nSec-Fetch-Site: cross-site", 403)]
    [InlineData("Sec-Fetch-Site: a-new-value", 403)]
    [InlineData("Sec-Fetch-Site: none", 201)]
    [InlineData("Sec-Fetch-Site: same-origin", 201)]
    [InlineData("Sec-Fetch-Mode: cors", 201)]
    [InlineData("Origin:", 403)]
    [InlineData("Origin: http://listed.example\r\nSec-Fetch-Site: cross-site", 201)]
    [InlineData("Origin: http://listed.example\r\nOrigin: http://listed.example", 403)]
    public async Task A_browser_that_withholds_the_origin_of_a_page_cannot_publish_for_another_site(
        string headers,
        int status)
    {
        await using var api = await InProcessApi.StartAsync("--Store=memory", "--Cors:Origins=http://listed.example");
        await AssertAsync(api, api.Address.Authority, headers, status);
    }

    private static Task AssertStatusAsync(InProcessApi api, string host, string origin, int status) =>
        AssertAsync(api, host, $"Origin: {origin}", status);

    private static async Task AssertAsync(InProcessApi api, string host, string headers, int status)
    {
        using var raw = await RawHttp.ConnectAsync(api.Address);
        await raw.SendAsync(
            $"POST /pages/home/updates HTTP/1.1\r\nHost: {host}\r\n{headers}\r\n"
            + "Connection: close\r\nContent-Length: 1\r\n\r\nx");
        var response = await raw.ReceiveToEndAsync();

        Assert.StartsWith(
            string.Create(CultureInfo.InvariantCulture, $"HTTP/1.1 {status} "),
            response,
            StringComparison.Ordinal);
        Assert.Equal(status == 403, response.Contains("urn:livestreams:problem:origin", StringComparison.Ordinal));
    }
}
