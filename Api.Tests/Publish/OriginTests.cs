using System.Globalization;
using LiveStreams.Api.Tests.Support;

namespace LiveStreams.Api.Tests.Publish;

/// <summary>From which pages a browser may publish.</summary>
public sealed class OriginTests
{
    [Theory]
    [InlineData("http://elsewhere.example", 403)]
    [InlineData("null", 403)]
    [InlineData("http://HOST", 201)]
    [InlineData("https://HOST", 201)]
    public async Task A_page_of_another_origin_cannot_publish_from_its_visitors_browser(string origin, int status)
    {
        await using var api = await InProcessApi.StartAsync("--Store=memory");
        await AnswersAsync(api, api.Address.Authority, origin.Replace("HOST", api.Address.Authority, StringComparison.Ordinal), status);
    }

    [Theory]
    [InlineData("localhost:8080", "http://localhost:8080", 201)]
    [InlineData("[::1]:8080", "http://[::1]:8080", 201)]
    [InlineData("elsewhere.example:8080", "http://elsewhere.example:8080", 403)]
    public async Task A_site_that_has_its_name_point_to_this_machine_cannot_publish_where_everyone_here_may(string host, string origin, int status)
    {
        await using var api = await InProcessApi.StartAsync("--Store=memory");
        await AnswersAsync(api, host, origin, status);
    }

    [Theory]
    [InlineData("xn--", "http://other.example", 403)]
    [InlineData("xn--bcher-kva.example", "https://xn--bcher-kva.example", 201)]
    public async Task A_host_in_Punycode_is_its_own_origin_and_one_that_is_none_is_no_fault(string host, string origin, int status)
    {
        await using var api = await InProcessApi.StartAsync("--Store=memory", "--Auth:AnonymousPublish=true");
        await AnswersAsync(api, host, origin, status);
    }

    private static async Task AnswersAsync(InProcessApi api, string host, string origin, int status)
    {
        using var raw = await RawHttp.ConnectAsync(api.Address);
        await raw.SendAsync($"POST /pages/home/updates HTTP/1.1\r\nHost: {host}\r\nOrigin: {origin}\r\nConnection: close\r\nContent-Length: 1\r\n\r\nx");
        var answer = await raw.ReceiveToEndAsync();

        Assert.StartsWith(string.Create(CultureInfo.InvariantCulture, $"HTTP/1.1 {status} "), answer, StringComparison.Ordinal);
        Assert.Equal(status == 403, answer.Contains("urn:livestreams:problem:origin", StringComparison.Ordinal));
    }
}
