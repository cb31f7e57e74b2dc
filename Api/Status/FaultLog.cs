namespace LiveStreams.Api.Status;

/// <summary>
/// The newest <see cref="MaxFaults"/> warnings and errors of the log, so that somebody without the log sees them.
/// </summary>
internal sealed class FaultLog(TimeProvider time) : ILoggerProvider, ILogger
{
    public const int MaxFaults = 20;

    /// <summary>The most characters of a message; what is longer is cut.</summary>
    public const int MaxLength = 500;

    private readonly Lock _gate = new();
    private readonly LinkedList<Fault> _newestFirst = [];

    /// <summary>The faults, newest first.</summary>
    public IReadOnlyList<Fault> Read()
    {
        lock (_gate)
        {
            return [.. _newestFirst];
        }
    }

    public ILogger CreateLogger(string categoryName) => this;

    public bool IsEnabled(LogLevel logLevel) => logLevel is >= LogLevel.Warning and < LogLevel.None;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public void Log<TState>(
        LogLevel logLevel,
        EventId eventId,
        TState state,
        Exception? exception,
        Func<TState, Exception?, string> formatter)
    {
        if (!IsEnabled(logLevel))
        {
            return;
        }

        var text = formatter(state, exception) + (exception is null ? "" : $" ({exception.Message})");
        var message = text.Length > MaxLength ? string.Concat(text.AsSpan(0, MaxLength), "…") : text;
        var fault = new Fault(time.GetUtcNow(), logLevel.ToString().ToLowerInvariant(), message);
        lock (_gate)
        {
            _newestFirst.AddFirst(fault);
            if (_newestFirst.Count > MaxFaults)
            {
                _newestFirst.RemoveLast();
            }
        }
    }

    public void Dispose()
    {
        // Nothing to release: a provider has to have it.
    }
}
