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
    private readonly List<TokenStream> _streams = [];

    /// <summary>Ends a stream when its token is no longer valid.</summary>
    public void Add(Subscriber subscriber, Token token)
    {
        var stream = new TokenStream(subscriber, token, revoked, time.GetUtcNow());
        lock (_gate)
        {
            _streams.Add(stream);
        }
    }

    /// <summary>Ends the streams that are due, and forgets those that have ended.</summary>
    internal void CloseExpired()
    {
        var now = time.GetUtcNow();
        TokenStream[] due;
        lock (_gate)
        {
            _streams.RemoveAll(static stream => stream.HasEnded);
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
}
