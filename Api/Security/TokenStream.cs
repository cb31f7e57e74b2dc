using LiveStreams.Core.FanOut;

namespace LiveStreams.Api.Security;

/// <summary>
/// How long one stream may go on. It ends in good order after 80 to 100 % of the time its token has left, so that those who came together do not come back together,
/// or when the token's key is gone. A reader that does not take its end in time is cut off.
/// </summary>
internal sealed class TokenStream : IDisposable
{
    private const double LeastShare = 0.8;

    /// <summary>What a reader has to take its end when there is no <c>exp</c> to wait for.</summary>
    private static readonly TimeSpan _grace = TimeSpan.FromSeconds(5);

    private readonly Lock _gate = new();
    private readonly Subscriber _subscriber;
    private readonly SigningKey _key;
    private readonly DateTimeOffset _endAt;
    private readonly DateTimeOffset _until;
    private DateTimeOffset? _cutAt;
    private bool _isOver;

    public TokenStream(Subscriber subscriber, Token token, DateTimeOffset now)
    {
        (_subscriber, _key) = (subscriber, token.Key);

        // A token is also taken that a clock which is behind has given too early an end.
        _until = token.Expires > now ? token.Expires : token.Expires + TokenReader.ClockSkew;
        _endAt = now + ((_until - now) * (LeastShare + ((1 - LeastShare) * Random.Shared.NextDouble())));
    }

    public bool IsDue(DateTimeOffset now) => _cutAt is { } cutAt ? now >= cutAt : now >= _endAt || _key.IsGone;

    /// <summary>Ends it; the second time, cuts it off.</summary>
    public void End(DateTimeOffset now)
    {
        if (_cutAt is null)
        {
            _cutAt = _key.IsGone ? now + _grace : _until;
            _subscriber.EndGracefully();
            return;
        }

        lock (_gate)
        {
            // What belonged to a stream that is over may be another request's by now.
            if (!_isOver)
            {
                _subscriber.Abort();
            }
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _isOver = true;
        }
    }
}
