using System.Globalization;
using LiveStreams.Api.Tests.Support;

namespace LiveStreams.Api.Tests.Publish;

/// <summary>A server for one test class, so that its log contains nothing from other tests.</summary>
public sealed class IsolatedApi : SharedApi
{
    /// <summary>Sends a POST with these bytes, and asserts that the page <c>bad</c> still has no update.</summary>
    public async Task<string> PostRawAsync(string path, string headers, string body)
    {
        using var raw = await RawHttp.ConnectAsync(Server.Address);
        await raw.SendAsync($"POST {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{headers}\r\n{body}");
        var response = await raw.ReceiveToEndAsync();
        await AssertNothingPublishedAsync("bad");
        return response;
    }

    public async Task AssertNothingPublishedAsync(string page) =>
        Assert.Equal("0", (await Client.GetJsonAsync($"/pages/{page}")).GetProperty("head").GetString());

    /// <summary>Asserts that a raw response is a problem document of this status and type.</summary>
    public static void AssertProblem(string response, int status, string type)
    {
        var statusLine = string.Create(CultureInfo.InvariantCulture, $"HTTP/1.1 {status} ");
        Assert.StartsWith(statusLine, response, StringComparison.Ordinal);
        Assert.Contains("Content-Type: application/problem+json", response, StringComparison.Ordinal);
        Assert.Contains($"\"type\":\"urn:livestreams:problem:{type}\"", response, StringComparison.Ordinal);
    }

    public void AssertNoErrorLogged() =>
        Assert.True(!Server.Output.Contains("fail:", StringComparison.Ordinal), Server.Output);
}
