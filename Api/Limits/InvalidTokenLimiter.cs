using System.Diagnostics.CodeAnalysis;
using LiveStreams.Api.Http;

namespace LiveStreams.Api.Limits;

/// <summary>
/// How many tokens a second one address may send whose signature was checked and is not valid. An address that is over
/// the rate has no further signature checked until the next second.
/// </summary>
internal sealed class InvalidTokenLimiter : IDisposable
{
    private readonly KeyedRateLimiter<ClientAddress> _addresses;
    private readonly Refusal _refusal;

    public InvalidTokenLimiter(LimitOptions limits, TimeProvider time)
    {
        _addresses = new(limits.InvalidTokensPerSecond, limits.InvalidTokenBurst, time);
        _refusal = new(
            Problem.TokenRate,
            $"One address may send {limits.InvalidTokensPerSecond} invalid tokens a second. "
            + "This token was not checked.");
    }

    /// <summary>Whether another signature may be checked for this address.</summary>
    public bool MayCheck(ClientAddress address, [NotNullWhen(false)] out Refusal? refusal)
    {
        refusal = _addresses.HasToken(address) ? null : _refusal;
        return refusal is null;
    }

    /// <summary>Counts a token that was checked and is not valid.</summary>
    public void CountInvalid(ClientAddress address) => _addresses.TryAcquire(address);

    public void Dispose() => _addresses.Dispose();
}
