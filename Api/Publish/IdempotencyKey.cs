using System.Diagnostics.CodeAnalysis;
using LiveStreams.Api.Http;
using LiveStreams.Core;

namespace LiveStreams.Api.Publish;

/// <summary>The idempotency key of a publish (<see cref="UpdateDraft.FindKeyError"/>).</summary>
internal static class IdempotencyKey
{
    /// <summary>Reads the header <c>Idempotency-Key</c>; the key is null when there is none.</summary>
    public static bool TryRead(HttpRequest request, out string? key, [NotNullWhen(false)] out Refusal? refusal)
    {
        key = request.Headers.TryGetValue("Idempotency-Key", out var keys) ? keys.ToString() : null;
        return IsValid(key, out refusal);
    }

    public static bool IsValid(string? key, [NotNullWhen(false)] out Refusal? refusal)
    {
        refusal = key is not null && UpdateDraft.FindKeyError(key) is { } error
            ? new Refusal(Problem.IdempotencyKey, error)
            : null;
        return refusal is null;
    }
}
