using System.Collections.Concurrent;
using LiveStreams.Redis.Presence;
using Microsoft.Extensions.Logging;

namespace LiveStreams.Redis.Tests.Presence;

/// <summary>Records what is logged.</summary>
internal sealed class RecordedLog : ILogger<RedisPresence>
{
    private readonly ConcurrentQueue<string> _messages = new();

    public IReadOnlyCollection<string> Messages => _messages;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(
        LogLevel logLevel,
        EventId eventId,
        TState state,
        Exception? exception,
        Func<TState, Exception?, string> formatter) => _messages.Enqueue(formatter(state, exception));
}
