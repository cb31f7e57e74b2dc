using LiveStreams.Core.FanOut;

namespace LiveStreams.Api.Security;

/// <summary>
/// The open streams that have a token. Once a second it ends those that are due. Streams without a token are not here,
/// and cost nothing.
/// </summary>
internal sealed class TokenStreams(RevokedTokens revoked, TimeProvider time) : BackgroundService
{
    private static readonly TimeSpan _period = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly HashSet<TokenStream> _streams = [];

    /// <summary>Wraps a stream so that it ends when its token is no longer valid.</summary>
    public Func<EventStreamBody, CancellationToken, Task> EndWithToken(
        Func<EventStreamBody, CancellationToken, Task> stream,
        Subscriber subscriber,
        Token token) => async (body, closed) =>
    {
        using var limited = new TokenStream(subscriber, token, revoked, time.GetUtcNow());
        Add(limited);
        try
        {
            await stream(body, closed);
        }
        finally
        {
            Remove(limited);
        }
    };

    /// <summary>Ends the streams that are due.</summary>
    internal void CloseExpired()
    {
        var now = time.GetUtcNow();
        TokenStream[] due;
        lock (_gate)
        {
            due = [.. _streams.Where(stream => stream.IsDue(now))];
        }

        foreach (var stream in due)
        {
            stream.End(now);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(_period, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                CloseExpired();
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The process stops, and all streams with it.
        }
    }

    private void Add(TokenStream stream)
    {
        lock (_gate)
        {
            _streams.Add(stream);
        }
    }

    private void Remove(TokenStream stream)
    {
        lock (_gate)
        {
            _streams.Remove(stream);
        }
    }
}
