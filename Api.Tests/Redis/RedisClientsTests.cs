using System.Diagnostics;

namespace LiveStreams.Api.Tests.Redis;

/// <summary>The usual clients of Redis Pub/Sub tutorials, redis-cli and redis-py, work unchanged.</summary>
public sealed class RedisClientsTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Redis_cli_publishes_plain_strings_to_subscribers()
    {
        await using var nodes = await RedisNodes.StartAsync(1, settings: ["--Redis:ForeignChannels=group_{page}"]);
        await using var stream = await nodes.Clients[0].SubscribeAsync("home");
        await stream.NextBlockAsync();

        Assert.Equal("1", await nodes.Redis.CliAsync("PUBLISH", "livestreams:{home}", "Is this thing on?"));
        Assert.Equal("data: Is this thing on?\n\n", await stream.NextBlockAsync());
        Assert.Equal("1", await nodes.Redis.CliAsync("PUBLISH", "group_home", """{"renders":{},"removals":["7"]}"""));
        Assert.Equal("data: {\"renders\":{},\"removals\":[\"7\"]}\n\n", await stream.NextBlockAsync());
    }

    [Fact]
    public async Task Redis_py_subscribes_to_a_channel_and_sees_updates_as_json()
    {
        await using var nodes = await RedisNodes.StartAsync(1);
        using var subscriber = StartPython(nodes.Redis, """
            import json, redis, sys
            r = redis.Redis(host="localhost", port=int(sys.argv[1]), decode_responses=True)
            p = r.pubsub()
            p.subscribe("livestreams:{home}")
            for message in p.listen():
                if message["type"] == "subscribe":
                    print("subscribed", flush=True)
                if message["type"] == "message":
                    update = json.loads(message["data"])
                    print(update["id"], update["event"], update["data"], flush=True)
            """);
        Assert.Equal("subscribed", await ReadLineAsync(subscriber));

        var id = await nodes.Clients[0].PublishAsync("home", "Goal!", query: "?event=score");

        Assert.Equal($"{id} score Goal!", await ReadLineAsync(subscriber));
        subscriber.Kill();
    }

    [Fact]
    public async Task Redis_py_subscribes_to_a_pattern_and_sees_every_page()
    {
        await using var nodes = await RedisNodes.StartAsync(1);
        using var subscriber = StartPython(nodes.Redis, """
            import redis, sys
            r = redis.Redis(host="localhost", port=int(sys.argv[1]), decode_responses=True)
            p = r.pubsub()
            p.psubscribe("livestreams:*")
            for message in p.listen():
                print(message["type"], message["channel"], flush=True)
            """);
        Assert.Equal("psubscribe livestreams:*", await ReadLineAsync(subscriber));

        await nodes.Clients[0].PublishAsync("home", "x");
        await nodes.Clients[0].PublishAsync("news/a", "x");

        Assert.Equal("pmessage livestreams:{home}", await ReadLineAsync(subscriber));
        Assert.Equal("pmessage livestreams:{news/a}", await ReadLineAsync(subscriber));
        subscriber.Kill();
    }

    [Fact]
    public async Task Redis_py_publishes_plain_strings_to_subscribers()
    {
        await using var nodes = await RedisNodes.StartAsync(2);
        await using var stream = await nodes.Clients[1].SubscribeAsync("home");
        using var publisher = StartPython(nodes.Redis, """
            import redis, sys
            r = redis.Redis(host="localhost", port=int(sys.argv[1]))
            r.publish("livestreams:{home}", "Hello")
            r.publish("livestreams:{home}", "two\nlines ✓")
            """);

        Assert.Equal(["Hello", "two\nlines ✓"], await stream.NextDataAsync(2));
        await publisher.WaitForExitAsync(Ct);
        Assert.Equal(0, publisher.ExitCode);
    }

    // Debian's Python, for which ./test installs redis-py.
    private static Process StartPython(RedisServer redis, string script) =>
        Process.Start(new ProcessStartInfo("/usr/bin/python3", ["-c", script, $"{redis.Port}"])
        {
            RedirectStandardOutput = true,
        })!;

    private static async Task<string?> ReadLineAsync(Process process) =>
        await process.StandardOutput.ReadLineAsync(Ct).AsTask().WaitAsync(TimeSpan.FromSeconds(20), Ct);
}
