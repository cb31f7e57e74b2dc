using LiveStreams.Core.FanOut;
using LiveStreams.Core.Metrics;

namespace LiveStreams.Api.Security;

/// <summary>
/// How long one stream with a token may continue. It ends gracefully after 80 to 100 % of the time that its token has
/// left, so that clients that connected together do not reconnect together, or when the token's key is retired
/// or the token is revoked. A client that does not receive the end in time is disconnected.
/// </summary>
internal sealed class TokenStream
{
    private const double MinShare = 0.8;

    /// <summary>How long a client has to receive the end of its stream when its token is no longer valid.</summary>
    private static readonly TimeSpan _endTimeout = TimeSpan.FromSeconds(5);

    private readonly Subscriber _subscriber;
    private readonly Token _token;
    private readonly RevokedTokens _revoked;
    private readonly DateTimeOffset _endAt;
    private readonly DateTimeOffset _expires;
    private DateTimeOffset? _abortAt;

    public TokenStream(Subscriber subscriber, Token token, RevokedTokens revoked, DateTimeOffset now)
    {
        (_subscriber, _token, _revoked) = (subscriber, token, revoked);

        // A token that expired less than the clock skew ago is also accepted.
        _expires = token.Expires > now ? token.Expires : token.Expires + TokenReader.ClockSkew;
        _endAt = now + ((_expires - now) * (MinShare + ((1 - MinShare) * Random.Shared.NextDouble())));
    }

    private bool IsWithdrawn => _token.Key.IsRetired || _revoked.Contains(_token);

    public bool HasEnded => _subscriber.HasEnded;

    /// <summary>Whether <see cref="End"/> must be called now.</summary>
    public bool IsDue(DateTimeOffset now) =>
        _abortAt is { } abortAt ? now >= abortAt : now >= _endAt || IsWithdrawn;

    /// <summary>Ends the stream; the second time, disconnects its client.</summary>
    public void End(DateTimeOffset now)
    {
        if (_abortAt is null)
        {
            _abortAt = IsWithdrawn ? now + _endTimeout : _expires;
            _subscriber.EndGracefully(StreamEnd.Token);
            return;
        }

        _subscriber.Abort(StreamEnd.Token);
    }
}
