using System.Text;
using LiveStreams.Api.Tests.Support;
using LiveStreams.Core;

namespace LiveStreams.Grains.Tests.RedisStreams;

/// <summary><c>Orleans:Streams=redis</c>: what a service has put on the stream is published, whatever becomes of the silos.</summary>
[Collection(nameof(Alone))]
public sealed class KilledSilosTests : IAsyncLifetime
{
    private const int Items = 600;
    private static readonly PageId[] _pages = [.. Enumerable.Range(0, 12).Select(n => PageId.Parse($"page {n}"))];
    private readonly List<ServerProcess> _silos = [];
    private RedisServer _redis = null!;
    private StreamPublisher _publisher = null!;
    private int _put;

    public async ValueTask InitializeAsync()
    {
        _redis = await RedisServer.StartAsync();
        for (var n = 0; n < 2; n++)
        {
            _silos.Add(await ServerProcess.StartSiloAsync(
                $"--Redis:Connection={_redis.Connection}", "--Orleans:Streams=redis",
                $"--Orleans:SiloPort={RedisServer.FreePort()}", $"--Orleans:GatewayPort={RedisServer.FreePort()}"));
        }

        _publisher = await StreamPublisher.StartAsync(_redis, "redis");
    }

    public async ValueTask DisposeAsync()
    {
        await _publisher.DisposeAsync();
        _silos.ForEach(silo => silo.Dispose());
        _redis.Dispose();
    }

    [Fact]
    public async Task When_one_is_killed_the_other_publishes_what_it_had_not_each_item_once_and_in_order()
    {
        var putting = PutAsync(0, Items);
        await Wait.UntilAsync(() => Task.FromResult(Volatile.Read(ref _put) >= Items / 3), "a third of the items");
        await _silos[0].KillAsync();
        await putting;

        await ArePublishedAsync(Items);
    }

    [Fact]
    public async Task When_all_are_killed_items_wait_until_they_are_back()
    {
        var putting = PutAsync(0, Items);
        await Wait.UntilAsync(() => Task.FromResult(Volatile.Read(ref _put) >= Items / 3), "a third of the items");
        await Task.WhenAll(_silos.Select(silo => silo.KillAsync()));
        await putting;
        Assert.True(await PublishedAsync() < Items);

        await RestartAsync();

        await ArePublishedAsync(Items);
    }

    [Fact]
    public async Task What_was_published_long_before_the_silos_were_killed_is_not_published_again()
    {
        // One by one, so that there is a first item, and others within the moment after it.
        for (var n = 0; n < _pages.Length * 2; n++)
        {
            await PutAsync(n, n + 1);
            await ArePublishedAsync(n + 1);
        }

        await Wait.UntilAsync(async () => await CheckpointsAsync() == await LastItemsAsync(), "the silos have noted how far they have come");
        await Task.WhenAll(_silos.Select(silo => silo.KillAsync()));
        await _redis.CliAsync("EVAL", "for _, key in ipairs(redis.call('KEYS', '*:key:*')) do redis.call('DEL', key) end", "0");

        await RestartAsync();
        await PutAsync(_pages.Length * 2, _pages.Length * 3);

        await ArePublishedAsync(_pages.Length * 3);
    }

    private async Task RestartAsync() => _silos.AddRange(await Task.WhenAll(_silos.Select(silo => silo.RestartAsync())));

    // Item n is for page n modulo their number; those of a page are put in order.
    private Task PutAsync(int from, int to) => Task.WhenAll(_pages.Select(async (page, place) =>
    {
        for (var n = from; n < to; n++)
        {
            if (n % _pages.Length == place)
            {
                await _publisher.PutAsync(page, $"{n}");
                Interlocked.Increment(ref _put);
            }
        }
    }));

    private async Task ArePublishedAsync(int items)
    {
        await Wait.UntilAsync(async () => await PublishedAsync() >= items, $"{items} items are published");
        for (var place = 0; place < _pages.Length; place++)
        {
            Assert.Equal(
                Enumerable.Range(0, items).Where(n => n % _pages.Length == place).Select(n => $"{n}"),
                (await _publisher.HistoryAsync(_pages[place])).Select(update => Encoding.UTF8.GetString(update.Data.Span)));
        }
    }

    private async Task<int> PublishedAsync() => (await Task.WhenAll(_pages.Select(_publisher.HistoryAsync))).Sum(updates => updates.Count);

    private Task<string> CheckpointsAsync() => QueuesAsync("redis.call('GET', key .. '/checkpoint')");

    private Task<string> LastItemsAsync() => QueuesAsync("redis.call('XREVRANGE', key, '+', '-', 'COUNT', 1)[1][1]");

    private Task<string> QueuesAsync(string lua) => _redis.CliAsync(
        "EVAL",
        $$"""
        local answer = {}
        local keys = redis.call('KEYS', 'livestreams/streaming/page-updates/*')
        table.sort(keys)
        for _, key in ipairs(keys) do
          if not string.find(key, '/checkpoint$') then answer[#answer + 1] = key .. ' ' .. ({{lua}} or 'none') end
        end
        return answer
        """,
        "0");
}
