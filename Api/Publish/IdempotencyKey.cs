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
        refusal = Check(key);
        return refusal is null;
    }

    /// <summary>Null when the key is valid or missing.</summary>
    public static Refusal? Check(string? key) => key is not null && UpdateDraft.FindKeyError(key) is { } error
        ? new Refusal(Problem.IdempotencyKey, error)
        : null;
}
