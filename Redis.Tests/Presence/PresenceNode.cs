using System.Collections.Concurrent;
using LiveStreams.Core;
using LiveStreams.Core.Metrics;
using LiveStreams.Redis.Presence;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace LiveStreams.Redis.Tests.Presence;

/// <summary>A node with a connection of its own, whose counts a test sets.</summary>
internal sealed class PresenceNode : IAsyncDisposable
{
    private readonly ConcurrentDictionary<PageId, int> _counts = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly RedisConnection _connection;
    private readonly RedisPresence _presence;
    private readonly Task _running;

    private PresenceNode(RedisConnection connection, TimeProvider time, ILogger<RedisPresence> logger)
    {
        _connection = connection;
        _presence = new RedisPresence(connection, ServerMetrics.CreateUnread(), time, logger);
        _running = _presence.RunAsync(
            () => _counts.Where(count => count.Value > 0).Select(count => new PageCount(count.Key, count.Value)),
            _stopping.Token);
    }

    public static async Task<PresenceNode> StartAsync(
        RedisOptions options, TimeProvider time, ILogger<RedisPresence>? logger = null)
    {
        var connection = await RedisConnection.OpenAsync(
            options, ServerMetrics.CreateUnread(), NullLogger<RedisConnection>.Instance);
        return new PresenceNode(connection, time, logger ?? NullLogger<RedisPresence>.Instance);
    }

    /// <summary>Sets how many streams pages have on this node.</summary>
    public void Set(IEnumerable<string> pages, int subscribers)
    {
        foreach (var page in pages)
        {
            _counts[PageId.Parse(page)] = subscribers;
        }
    }

    public void Set(string page, int subscribers) => Set([page], subscribers);

    /// <summary>How many streams a page has on the other nodes, as far as this node knows.</summary>
    public int CountElsewhere(string page) => _presence.CountElsewhere(PageId.Parse(page));

    /// <summary>Stops as a process does that receives SIGTERM.</summary>
    public async Task StopAsync()
    {
        await _stopping.CancelAsync();
        await _running.BoundedAsync();
    }

    /// <summary>Loses its connection for good, as a process that is killed.</summary>
    public void Die() => _connection.Dispose();

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _presence.Dispose();
        _connection.Dispose();
        _stopping.Dispose();
    }
}
