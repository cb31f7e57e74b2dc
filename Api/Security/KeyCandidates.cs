namespace LiveStreams.Api.Security;

/// <summary>
/// The keys with which a token is checked: those of its algorithm that have its <c>kid</c>, else those without an id;
/// for a token without a <c>kid</c>, all of its algorithm. To check a signature with a public key is expensive, so at
/// most <see cref="MaxPublicKeys"/> are tried.
/// </summary>
internal static class KeyCandidates
{
    /// <summary>The most public keys with which one token is checked.</summary>
    public const int MaxPublicKeys = 4;

    public static SigningKey[] Find(IReadOnlyList<SigningKey> keys, string algorithm, string? kid)
    {
        var possible = keys.Where(key => key.Algorithm == algorithm);
        if (kid is not null)
        {
            var named = possible.Where(key => key.Kid == kid).ToArray();
            possible = named.Length > 0 ? named : possible.Where(key => key.Kid is null);
        }

        return [.. algorithm == SigningKey.HmacSha256 ? possible : possible.Take(MaxPublicKeys)];
    }

    /// <summary>How many public keys are never tried: they have no id, and too many others come before them.</summary>
    public static int CountUnused(IEnumerable<SigningKey> keys) => keys
        .Where(key => key.Kid is null && key.Algorithm != SigningKey.HmacSha256)
        .CountBy(key => key.Algorithm)
        .Sum(algorithm => Math.Max(0, algorithm.Value - MaxPublicKeys));
}
