using LiveStreams.Api.Tests.Support;

namespace LiveStreams.Api.Tests.Limits;

/// <summary>A server whose heap may have 300 MB, under all attacks on its memory at the same time.</summary>
[Collection(nameof(Alone))]
public sealed class MemoryAttackTests
{
    private const int Tries = 3;
    private const long MaxResidentBytes = 512L * 1024 * 1024;
    private static readonly (string Name, string Value) _smallHeap = ("DOTNET_GCHeapHardLimit", "0x12C00000");
    private static readonly TimeSpan _maxLatency = TimeSpan.FromMilliseconds(100);

    [Theory]
    [InlineData(1)]
    [InlineData(50)]
    [Trait(Tier.Name, Tier.All)]
    public async Task Others_are_served_as_usual_while_a_small_server_is_attacked(int addresses)
    {
        using var api = await ServerProcess.StartAsync(["--Proxies:Trusted="], _smallHeap);
        using var probe = new LatencyProbe(api.Address);
        using var reader = new ApiClient(api.Address);
        var p99 = TimeSpan.MaxValue;

        // Other programs may have slowed down one try. A server that is slow itself is slow in every try.
        for (var tries = 0; tries < Tries && p99 > _maxLatency; tries++)
        {
            using var attack = new MemoryAttack(api.Address, addresses);
            var attacked = AttackAsync(attack, reader);
            var latencies = await probe.MeasureAsync(attacked);
            p99 = latencies[(int)(latencies.Count * 0.99)];
            TestContext.Current.TestOutputHelper!.WriteLine(
                $"{latencies.Count} updates during the attack: p99 {p99.TotalMilliseconds:f1} ms, "
                + $"{api.ResidentBytes >> 20} MiB resident");
            Assert.InRange(api.ResidentBytes, 0, MaxResidentBytes);
        }

        Assert.True(p99 < _maxLatency, $"p99 {p99.TotalMilliseconds:f1} ms");
        Assert.DoesNotContain("OutOfMemory", api.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("fail:", api.Output, StringComparison.Ordinal);
    }

    // While the attackers stay connected, other clients read everything that the attackers do not read.
    private static async Task AttackAsync(MemoryAttack attack, ApiClient reader)
    {
        await attack.StartAsync();
        for (var n = 0; n < 50; n++)
        {
            await reader.GetJsonAsync("/pages/posts/posts");
            await reader.GetJsonAsync("/pages/newlines/updates");
            await using var stream = await reader.SubscribeAsync("snapshots", query: "?snapshot=true");
            Assert.Equal("snapshot", (await stream.NextAsync()).EventType);
        }
    }
}
