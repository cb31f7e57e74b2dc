using LiveStreams.Api.Tests.Http;
using LiveStreams.Api.Tests.Posts;
using LiveStreams.Api.Tests.Support;

namespace LiveStreams.Api.Tests.Proxies;

/// <summary>
/// The rules of <c>deploy/proxies</c> and of docs/operations.md let only one address publish. No other spelling of a
/// path or method passes them.
/// </summary>
public sealed class ProxyRulesTests
{
    private const string Inside = "127.0.0.1";
    private const string Outside = "127.0.0.2";

    [Theory]
    [MemberData(nameof(ProxyProgram.Names), MemberType = typeof(ProxyProgram))]
    public async Task No_spelling_of_a_request_passes_the_rules_of_the_configurations(string proxy)
    {
        await using var api = await InProcessApi.StartAsync("--Store=memory", "--TryPage=true");
        using var server = await ProxyServer.StartAsync(
            proxy, api.Address, proxy == ProxyProgram.Nginx ? LogLess : null);

        await AssertNothingChangesAsync(api.Address, server.Address);
    }

    [Fact]
    public async Task No_spelling_of_a_request_passes_the_documented_rules_about_methods_and_paths()
    {
        await using var api = await InProcessApi.StartAsync("--Store=memory", "--TryPage=true");
        var rules = (await DocumentedRulesAsync())
            .Replace("10.0.0.0/8", Inside, StringComparison.Ordinal);
        using var nginx = await ProxyServer.StartAsync(
            ProxyProgram.Nginx, api.Address, configuration => ReplaceLocations(LogLess(configuration), rules));

        var responses = await AssertNothingChangesAsync(api.Address, nginx.Address);

        Assert.All(responses, response => Assert.DoesNotContain("kept", response, StringComparison.Ordinal));
        foreach (var (method, target, from, status) in new[]
        {
            ("GET", "/pages/{page}/posts", Outside, 403), ("GET", "/pages/{page}", Outside, 403),
            ("GET", "/pages/{page}/events", Outside, 403), ("GET", "/pages/%73taff/posts", Outside, 403),
            ("POST", "/pages/{page}/updates", Outside, 403), ("POST", "/pages/open/updates", Outside, 403),
            ("POST", "/updates", Outside, 403), ("DELETE", "/pages/open", Outside, 403),
            ("PUT", "/pages/{page}/posts/a%2F..%2F..%2F..%2Fopen", Outside, 403),
            ("GET", "/events?page=staff", Outside, 403), ("POST", "/events", Outside, 403),
            ("GET", "/events?page=open&pattern=st*", Outside, 403), ("GET", "/pages", Outside, 403),
            ("GET", "/events?page=staff", Inside, 200), ("GET", "/pages", Inside, 200),
            ("GET", "/pages/open", Outside, 200), ("GET", "/pages/staffing", Outside, 200),
            ("POST", "/pages/open/updates", Inside, 201), ("GET", "/pages/{page}/posts", Inside, 200),
        })
        {
            var response = await new PathAlias(method, target).SendAsync(nginx.Address, "staff", from: from);
            Assert.True(
                response.StartsWith($"HTTP/1.1 {status} ", StringComparison.Ordinal), $"{method} {target}: {response}");
        }
    }

    // Each alias is sent from outside. Returns the responses.
    private static async Task<List<string>> AssertNothingChangesAsync(Uri server, Uri proxy)
    {
        using var client = new ApiClient(server);
        await client.PutPostAsync("staff", "a", "kept");
        await client.PublishAsync("staff", "kept");
        var before = await StateAsync(client);
        var responses = new List<string>();
        foreach (var alias in PathAlias.All)
        {
            responses.Add(await alias.SendAsync(proxy, "staff", from: Outside));
        }

        Assert.Equal(before, await StateAsync(client));
        return responses;
    }

    // Hundreds of refusals are expected.
    private static string LogLess(string configuration) =>
        ProxyServer.Replace(configuration, "error_log stderr;", "error_log stderr crit;");

    private static string ReplaceLocations(string configuration, string locations)
    {
        const string Before = "    # Streams are not buffered,";
        return ProxyServer.Replace(configuration, Before, $"{locations} }} }} {Before}").Split(Before)[0];
    }

    private static async Task<string> StateAsync(ApiClient client) =>
        $"{await client.GetJsonAsync("/pages/staff")} {await client.GetJsonAsync("/pages/staff/posts")}";

    private static async Task<string> DocumentedRulesAsync()
    {
        const string Start = "```nginx\n";
        var document = await Repository.ReadAsync("docs/operations.md");
        var start = document.IndexOf(Start, StringComparison.Ordinal) + Start.Length;
        return document[start..document.IndexOf("```", start, StringComparison.Ordinal)];
    }
}
