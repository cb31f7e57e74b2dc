using System.Diagnostics;
using System.Globalization;
using LiveStreams.Api.Tests.Support;

namespace LiveStreams.Api.Tests.Fuzz;

/// <summary>
/// Sends mutated requests to a server. <c>LIVESTREAMS_FUZZ_SEED</c> repeats a run: the requests of a worker depend on
/// its seed alone, but the order among workers depends on the machine. <c>LIVESTREAMS_FUZZ_REQUESTS</c> sets the
/// length.
/// </summary>
[Collection(nameof(Alone))]
public sealed class FuzzTests(ITestOutputHelper output)
{
    private const int Workers = 48;
    private const int WarmUpShare = 10;

    /// <summary>
    /// How much more memory the process may hold at the end than after the first tenth, both after a garbage
    /// collection: the journal (4 to 16 MiB), SQLite's caches, the state of thousands of pages whose names came out of
    /// mutations, and what the allocators keep. Measured: 25 to 31 MiB, most of it in the second tenth.
    /// </summary>
    private const long MaxGrowthBytes = 64 * 1024 * 1024;

    public static readonly TheoryData<int> RequestCounts = new(
        new TheoryDataRow<int>(10_000), new TheoryDataRow<int>(200_000).WithTrait(Tier.Name, Tier.All));

    [Theory]
    [MemberData(nameof(RequestCounts))]
    public async Task Mutated_requests_neither_break_the_server_nor_disturb_its_clients(int count)
    {
        var seed = FromEnvironment("LIVESTREAMS_FUZZ_SEED") ?? Random.Shared.Next();
        var requests = FromEnvironment("LIVESTREAMS_FUZZ_REQUESTS") ?? count;

        // In memory, because the server responds with 503 when other tests keep the disk busy.
        var folder = Directory.CreateDirectory($"/dev/shm/livestreams-fuzz-{Guid.NewGuid():N}");
        using var deletion = new FolderDeletion(folder);
        using var server = await ServerProcess.StartAsync(
            [
                $"--Sqlite:Path={folder.FullName}/pages.db",
                "--Cors:Origins=https://example.org",
                "--TryPage=true",
                "--Limits:PublishesPerSecond=50000",
                $"--Auth:Keys:0:Secret={RequestCorpus.Secret}",
                "--Auth:AnonymousPublish=true",
                "--Auth:AllowQueryToken=true",
                "--Auth:PrivatePages=private*",
            ],
            ServerProcess.GarbageLimit);
        await using var steady = await SteadyPage.StartAsync(server.Address);
        var sockets = ServerResources.CountSockets(server);
        var slow = SlowClients.RunAsync(server.Address, TestContext.Current.CancellationToken);
        try
        {
            await RunAsync(server, seed, requests / WarmUpShare);
            var before = await ServerResources.MeasureMemoryAsync(server);
            var start = Stopwatch.GetTimestamp();
            await RunAsync(server, seed + Workers, requests - (requests / WarmUpShare));
            output.WriteLine(
                $"{requests} requests, {Stopwatch.GetElapsedTime(start).TotalSeconds:F1} s after the first tenth");
            await slow;

            await Wait.UntilAsync(
                () => Task.FromResult(ServerResources.CountSockets(server) <= sockets),
                $"{sockets} sockets, as at the start; there are {ServerResources.CountSockets(server)}");
            await steady.StopAsync();
            var after = await ServerResources.MeasureMemoryAsync(server);
            output.WriteLine($"Memory: {before >> 20} MiB, then {after >> 20} MiB. Steady updates: {steady.Count}");
            Assert.InRange(after - before, long.MinValue, MaxGrowthBytes);
            Assert.DoesNotContain("fail:", server.Output, StringComparison.Ordinal);
            Assert.DoesNotContain("crit:", server.Output, StringComparison.Ordinal);
            Assert.DoesNotContain("Exception", server.Output, StringComparison.Ordinal);
        }
        catch (Exception exception)
        {
            server.Terminate();
            await server.ExitAsync();
            throw new FuzzException($"LIVESTREAMS_FUZZ_SEED={seed}: {exception}\nThe server's log:\n{server.Output}");
        }
    }

    private static async Task RunAsync(ServerProcess server, int seed, int requests)
    {
        var workers = Enumerable.Range(0, Workers).Select(i => new FuzzWorker(server.Address, seed + i)).ToArray();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var running = workers
            .Select(worker => worker.RunAsync(() => workers.Sum(each => each.Done) >= requests, stop.Token))
            .ToArray();
        await foreach (var worker in Task.WhenEach(running))
        {
            if (worker.IsFaulted)
            {
                await stop.CancelAsync();
                await worker;
            }
        }

        Array.ForEach(workers, worker => worker.Dispose());
    }

    private static int? FromEnvironment(string name) =>
        Environment.GetEnvironmentVariable(name) is { Length: > 0 } text
            ? int.Parse(text, CultureInfo.InvariantCulture)
            : null;

    private sealed class FolderDeletion(DirectoryInfo folder) : IDisposable
    {
        public void Dispose() => folder.Delete(recursive: true);
    }
}
