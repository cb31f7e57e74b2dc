using System.Net;
using System.Text.Json;
using LiveStreams.Api.Tests.Cluster;
using LiveStreams.Api.Tests.History;
using LiveStreams.Api.Tests.Support;

namespace LiveStreams.Api.Tests.Status;

/// <summary><c>GET /status</c>.</summary>
public sealed class StatusTests(SharedApi api, Chromium chromium)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_status_says_what_the_server_does()
    {
        using var process = await ServerProcess.StartAsync("--Limits:MaxSubscribers=50");
        using var client = new ApiClient(process.Address);
        await using var stream = await client.SubscribeAsync("home");
        await using var second = await client.SubscribeAsync("home");
        await using var other = await client.SubscribeAsync("away");
        await client.PublishAsync("home", "Is this thing on?");
        await stream.NextAsync();
        await second.NextAsync();

        var status = await ReadAsync(client);
        await Wait.UntilAsync(
            async () => (status = await ReadAsync(client)).GetProperty("totals").GetProperty("frames").GetInt64() == 2,
            "both frames are counted");

        Assert.Equal("ready", status.GetProperty("state").GetString());
        Assert.Equal(process.Id, status.GetProperty("processId").GetInt32());
        Assert.Equal(
            $$"""{"kind":"sqlite","description":"{{process.Folder}}/data/livestreams.db","error":null}""",
            status.GetProperty("store").GetRawText());
        Assert.Equal("""{"open":3,"limit":50,"opened":3}""", status.GetProperty("streams").GetRawText());
        Assert.Equal(1, status.GetProperty("totals").GetProperty("updates").GetInt64());
        Assert.InRange(status.GetProperty("totals").GetProperty("bytes").GetInt64(), 50, 200);
        Assert.Equal(
            """{"watched":2,"busiest":[{"page":"home","streams":2},{"page":"away","streams":1}]}""",
            status.GetProperty("pages").GetRawText());
        Assert.InRange(status.GetProperty("memory").GetProperty("residentBytes").GetInt64(), 1 << 20, 1 << 30);
        Assert.Empty(status.GetProperty("faults").EnumerateArray());
    }

    [Fact]
    public async Task A_store_that_is_away_is_in_the_status_and_among_the_faults()
    {
        using var redis = await RedisServer.StartAsync();
        using var process = await ServerProcess.StartAsync($"--Redis:Connection={redis.Connection}");
        using var client = new ApiClient(process.Address);
        Assert.Equal(JsonValueKind.Null, (await ReadAsync(client)).GetProperty("store").GetProperty("error").ValueKind);

        redis.Kill();

        var status = default(JsonElement);
        await Wait.UntilAsync(
            async () => (status = await ReadAsync(client)).GetProperty("state").GetString() == "unavailable"
                && status.GetProperty("faults").GetArrayLength() > 0,
            "the server is unavailable");
        Assert.Equal(JsonValueKind.String, status.GetProperty("store").GetProperty("error").ValueKind);
        Assert.Contains(
            status.GetProperty("faults").EnumerateArray(),
            fault => fault.GetProperty("level").GetString() == "warning"
                && fault.GetProperty("message").GetString()!.Contains("connection to Redis", StringComparison.Ordinal));
    }

    [Fact]
    [Trait(Tier.Name, Tier.All)]
    public async Task The_silos_of_a_cluster_are_in_the_status_and_missing_while_Redis_is_away()
    {
        using var redis = await RedisServer.StartAsync();
        using var cluster = await ClusterNodes.StartWithRedisAsync(redis.Connection, silos: 1, nodes: 1);
        var status = await ReadAsync(cluster.Clients[0]);
        var silo = Assert.Single(status.GetProperty("members").EnumerateArray());
        Assert.Equal("Active", silo.GetProperty("status").GetString());

        redis.Kill();

        await Wait.UntilAsync(
            async () =>
            {
                status = await ReadAsync(cluster.Clients[0]);
                return status.GetProperty("state").GetString() == "unavailable";
            },
            "the server is unavailable");
        Assert.Equal(JsonValueKind.Null, status.GetProperty("members").ValueKind);
    }

    [Fact]
    public async Task A_store_that_is_away_is_one_fault_however_often_somebody_asks()
    {
        using var redis = await RedisServer.StartAsync();
        using var process = await ServerProcess.StartAsync($"--Redis:Connection={redis.Connection}");
        using var client = new ApiClient(process.Address);
        redis.Kill();
        await Wait.UntilAsync(
            async () => (await ReadAsync(client)).GetProperty("state").GetString() == "unavailable",
            "the server is unavailable");

        for (var i = 0; i < 5; i++)
        {
            await client.GetAsync("/health/ready");
        }

        var faults = (await ReadAsync(client)).GetProperty("faults").EnumerateArray()
            .Select(fault => fault.GetProperty("message").GetString()!)
            .ToList();
        Assert.Single(faults, fault => fault.StartsWith("The store accepts no updates", StringComparison.Ordinal));
        Assert.DoesNotContain(faults, fault => fault.Contains("Health check", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_browser_shows_it_without_scrolling_sideways_on_a_phone()
    {
        const string Page = "<b>a-long-name-without-a-break-0123456789-0123456789-0123456789-0123456789</b>";
        await using var stream = await api.Client.SubscribeAsync(Page);
        await using var phone = await chromium.NewContextAsync();
        var tab = await phone.NewPageAsync();
        var messages = new List<string>();
        tab.Console += (_, message) => messages.Add(message.Text);
        await tab.SetViewportSizeAsync(360, 640);

        await tab.GotoAsync($"{api.Server.Address}status");

        Assert.Contains(": ready", await tab.InnerTextAsync("h1"), StringComparison.Ordinal);
        Assert.Contains(Page, await tab.InnerTextAsync("body"), StringComparison.Ordinal);
        Assert.Equal(360, await tab.EvaluateAsync<int>("document.documentElement.scrollWidth"));
        Assert.Empty(messages);
    }

    [Theory]
    [InlineData(null, "text/html")]
    [InlineData("*/*", "text/html")]
    [InlineData("text/html,application/xhtml+xml,*/*;q=0.8", "text/html")]
    [InlineData("application/json", "application/json")]
    [InlineData("text/html;q=0.5, application/json", "application/json")]
    public async Task Accept_decides_between_the_page_and_json(string? accept, string type)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/status");
        if (accept is not null)
        {
            request.Headers.Add("Accept", accept);
        }

        using var response = await api.Client.SendAsync(request);

        Assert.Equal(type, response.Content.Headers.ContentType!.MediaType);
        Assert.Equal("Accept", response.Headers.Vary.Single());
    }

    [Theory]
    [InlineData("X-Forwarded-For", "198.51.100.1")]
    [InlineData("Host", "a-name-of-another-site.example")]
    public async Task Only_who_asks_this_machine_directly_and_by_its_name_gets_it(string header, string value)
    {
        using var response = await api.Client.GetWithAsync("/status", (header, value));

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
    }

    [Fact]
    public async Task A_server_for_other_machines_has_it_where_its_metrics_are()
    {
        var own = new Uri($"http://127.0.0.1:{RedisServer.FreePort()}");
        using var process = await ServerProcess.StartAsync(
            "--urls=http://0.0.0.0:0", "--Auth:AnonymousPublish=true", $"--Metrics:Urls={own}", "--Store=memory");
        using var main = new ApiClient(new UriBuilder(process.Address) { Host = "127.0.0.1" }.Uri);
        using var metrics = new ApiClient(own);

        Assert.Equal(HttpStatusCode.NotFound, (await main.GetAsync("/status")).StatusCode);
        Assert.Equal("memory", (await ReadAsync(metrics)).GetProperty("store").GetProperty("kind").GetString());
        Assert.Equal(HttpStatusCode.OK, (await metrics.GetAsync("/status/status.css")).StatusCode);
    }

    private static async Task<JsonElement> ReadAsync(ApiClient client)
    {
        using var response = await client.GetWithAsync("/status", ("Accept", "application/json"));
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return JsonDocument.Parse(await response.Content.ReadAsStringAsync(Ct)).RootElement;
    }
}
