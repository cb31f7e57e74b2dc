using System.Text.RegularExpressions;
using LiveStreams.Api.Tests.Posts;
using LiveStreams.Api.Tests.Support;
using LiveStreams.Api.Tests.Tls;

namespace LiveStreams.Api.Tests.Http;

/// <summary>A resource has one path, and a method one spelling. Only names may be percent-encoded.</summary>
public sealed class ExactPathTests(ExactPathTests.OpenApi api) : IClassFixture<ExactPathTests.OpenApi>
{
    [Fact]
    public async Task No_other_spelling_of_a_path_or_a_method_publishes_deletes_or_reads_a_private_page()
    {
        var token = $"Authorization: Bearer {api.Tokens.Hmac()}\r\n";
        await api.Client.PutPostAsync("staff", "a", "kept");
        await api.Client.PublishAsync("staff", "kept");
        var before = await StateAsync();

        var accepted = new List<string>();
        foreach (var alias in PathAlias.All)
        {
            var response = await alias.SendAsync(api.Server.Address, "staff", token);
            if (!Regex.IsMatch(response, "^HTTP/1.1 40[045] "))
            {
                accepted.Add($"{alias}: {response.Split('\r')[0]}");
            }
        }

        Assert.Empty(accepted);
        Assert.Equal(before, await StateAsync());
    }

    [Fact]
    public async Task A_method_that_is_not_upper_case_gets_405_with_the_methods_that_are_allowed()
    {
        foreach (var alias in PathAlias.WrongMethods)
        {
            var response = await alias.SendAsync(api.Server.Address, "home");
            Assert.StartsWith("HTTP/1.1 405 ", response, StringComparison.Ordinal);
            var allowed = Regex.Match(response, "\r\nAllow: ([A-Z, ]+)\r\n").Groups[1].Value.Split(", ");
            Assert.Contains(alias.Method.ToUpperInvariant(), allowed);
        }

        var page = await new PathAlias("delete", "/pages/{page}").SendAsync(api.Server.Address, "home");
        Assert.Matches("\r\nAllow: (GET, DELETE|DELETE, GET)\r\n", page);
    }

    [Theory]
    [InlineData("POST", "/pages/home/updates", 201)]
    [InlineData("POST", "/pages/home/updates?", 201)]
    [InlineData("POST", "/pages/home/updates?event=a?b/../c", 201)]
    [InlineData("POST", "http://{host}/pages/home/updates", 201)]
    [InlineData("POST", "http://{host}/pages/home/updates?event=a", 201)]
    [InlineData("POST", "/pages/%68om%65/updates", 201)]
    [InlineData("POST", "/pages/a%2Fb%2F..%2F/updates", 201)]
    [InlineData("POST", "/pages/updates/updates", 201)]
    [InlineData("POST", "/pages/a;b=c:d@e!$&'()*+,=~/updates", 201)]
    [InlineData("PUT", "/pages/home/posts/a%2Fb%5C%23", 201)]
    [InlineData("GET", "/pages/posts", 200)]
    [InlineData("GET", "/health/live?probe=1", 200)]
    [InlineData("HEAD", "/livestreams.js", 200)]
    [InlineData("GET", "/", 200)]
    [InlineData("GET", "/?a=/b", 200)]
    [InlineData("GET", "http://{host}", 200)]
    [InlineData("GET", "http://{host}?a", 200)]
    public async Task The_exact_path_is_served_with_any_query_and_any_encoding_of_a_name(
        string method, string target, int status) =>
        Assert.StartsWith(
            $"HTTP/1.1 {status} ",
            await new PathAlias(method, target).SendAsync(api.Server.Address, "home"),
            StringComparison.Ordinal);

    [Fact]
    public async Task Over_HTTP2_a_path_has_one_spelling_too()
    {
        using var server = await TlsServer.StartAsync("--Store=memory");
        using var http = server.CreateClient();
        foreach (var (path, status) in new[]
        {
            ("/pages/home/updates", 201), ("/pages/%68ome/updates", 201), ("/Pages/home/updates", 404),
            ("/%70ages/home/updates", 404), ("/pages/home/updates/", 404), ("/pages/./home/updates", 404),
            ("/pages/x/..%2F/../home/updates", 404), ("/pages/home/%75pdates", 404), ("//pages/home/updates", 404),
        })
        {
            // The path is sent as it is written here.
            var raw = new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true };
            var url = new Uri($"https://{server.Process.Address.Authority}{path}", in raw);
            using var response = await http.PostAsync(
                url, new StringContent("x"), TestContext.Current.CancellationToken);
            Assert.Equal((path, status), (path, (int)response.StatusCode));
            Assert.True(response.Headers.CacheControl!.NoStore);
        }
    }

    [Fact]
    public async Task A_header_that_names_another_method_changes_nothing()
    {
        await api.Client.PublishAsync("overridden", "kept");
        foreach (var name in new[] { "X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override" })
        {
            var response = await new PathAlias("GET", "/pages/{page}").SendAsync(
                api.Server.Address, "overridden", $"{name}: DELETE\r\n");
            Assert.StartsWith("HTTP/1.1 200 ", response, StringComparison.Ordinal);
            Assert.Contains("\"ended\":false", response, StringComparison.Ordinal);
        }
    }

    private async Task<string> StateAsync()
    {
        var state = await ReadAsync("/pages/staff");
        Assert.Contains("\"updates\":2", state, StringComparison.Ordinal);
        return $"{state} {await ReadAsync("/pages/staff/posts")}";
    }

    private async Task<string> ReadAsync(string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Authorization = new("Bearer", api.Tokens.Hmac());
        using var response = await api.Client.SendAsync(request);
        return await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>Everyone may publish; a page of the staff needs a token to read; the try page is on.</summary>
    public sealed class OpenApi : SharedApi
    {
        internal TestTokens Tokens { get; } = new();

        protected override string[] Settings =>
        [
            "--Store=memory", "--TryPage=true", "--Auth:AnonymousPublish=true", "--Auth:PrivatePages=staff*",
            .. ServerProcess.Unthrottled, .. Tokens.Settings,
        ];
    }
}
