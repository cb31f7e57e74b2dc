using System.Text.RegularExpressions;
using LiveStreams.Api.Tests.Posts;

namespace LiveStreams.Api.Tests.Cluster;

/// <summary><c>Redis:Connection</c> with a user, a password and TLS, used by servers and silos.</summary>
public sealed partial class SecureRedisTests
{
    [Fact]
    [Trait(Tier.Name, Tier.All)]
    public async Task The_documented_ACL_user_over_TLS_is_enough_for_servers_and_silos()
    {
        using var certificate = TestCertificate.Create();
        using var acl = await DocumentedAcl.CreateAsync();
        var port = RedisServer.FreePort();
        using var redis = await RedisServer.StartAsync(
            ["--tls-port", $"{port}", .. certificate.RedisOptions, .. acl.RedisOptions]);
        using var cluster = await ClusterNodes.StartWithRedisAsync(
            $"localhost:{port},ssl=true,{DocumentedAcl.Login}",
            silos: 1,
            nodes: 2,
            ("SSL_CERT_FILE", certificate.CertificatePath),
            ("Redis__ForeignChannels", "group_{page}"));

        await UseAsync(cluster.Clients[0], cluster.Clients[1], redis);

        var refused = RefusedObjects().Matches(await redis.CliAsync("ACL", "LOG"));
        Assert.Equal(
            ["__Booksleeve_MasterChanged", "__Booksleeve_TieBreak", "config|get"],
            refused.Select(match => match.Groups[1].Value).Distinct().Order());
    }

    // Everything that a server does with Redis.
    private static async Task UseAsync(ApiClient publisher, ApiClient reader, RedisServer redis)
    {
        await using var stream = await reader.SubscribeAsync("home");
        await Wait.UntilAsync(
            async () => (await publisher.GetJsonAsync("/pages/home")).GetProperty("subscribers").GetInt32() == 1,
            "the publisher's node counts the stream on the reader's");
        var first = await publisher.PublishAsync("home", "first", key: "k");
        await publisher.PublishLiveAsync("home", "live");
        await publisher.PutPostAsync("home", "a", "1");
        await publisher.PutPostAsync("home", "b", "1");
        await publisher.DeletePostAsync("home", "a");
        Assert.Equal(
            [
                "first",
                "live",
                """{"renders":{"a":{"show":true,"content":"1"}},"removals":[]}""",
                """{"renders":{"b":{"show":true,"content":"1"}},"removals":[]}""",
                """{"renders":{},"removals":["a"]}""",
            ],
            await stream.NextDataAsync(5));
        await redis.CliAsync("PUBLISH", "group_home", "from another program");
        Assert.Equal("from another program", (await stream.NextAsync()).Data);

        Assert.Equal(["b=1"], await reader.GetPostsAsync("home"));
        await using (var snapshot = await reader.SubscribeAsync("home", query: "?snapshot=true"))
        {
            Assert.Equal("snapshot", (await snapshot.NextAsync()).EventType);
        }

        await using (var since = await reader.SubscribeAsync("home", query: "?since=10m"))
        {
            Assert.Equal(first, (await since.NextAsync()).EventId);
        }

        var head = (await reader.GetJsonAsync("/pages/home")).GetProperty("head").GetString();
        var before = await reader.GetJsonAsync($"/pages/home/updates?before={head}");
        Assert.Equal(3, before.GetProperty("updates").GetArrayLength());
        await publisher.PublishAsync("expired", "x");
        await redis.CliAsync("DEL", "livestreams:{expired}:meta");
        var list = await reader.GetJsonAsync("/pages");
        Assert.Equal("home", Assert.Single(list.GetProperty("pages").EnumerateArray()).GetProperty("page").GetString());
        string[] newest = ["XREVRANGE", "livestreams:pages:{index}:born", "+", "-"];
        Assert.Equal("OK", (await redis.CliAsync(["ACL", "DRYRUN", "livestreams", .. newest])).Trim());

        using var ready = await reader.GetAsync("/health/ready");
        Assert.Equal(200, (int)ready.StatusCode);
        await publisher.DeletePageAsync("home");
        Assert.Equal("end", (await stream.NextAsync()).EventType);

        var last = await publisher.PublishAsync("emptied", "x");
        await redis.CliAsync("FLUSHALL");
        await using var reset = await reader.SubscribeAsync("emptied", last);
        Assert.Equal("reset", (await reset.NextAsync()).EventType);
    }

    [GeneratedRegex("^object\n(.*)$", RegexOptions.Multiline)]
    private static partial Regex RefusedObjects();
}
