using System.Diagnostics.CodeAnalysis;
using LiveStreams.Core;

namespace LiveStreams.Api.Publish;

/// <summary>The <c>Idempotency-Key</c> header (<see cref="UpdateDraft.FindKeyError"/>).</summary>
internal static class IdempotencyKey
{
    /// <summary>Reads the header; the key is null when there is none.</summary>
    public static bool TryRead(HttpRequest request, out string? key, [NotNullWhen(false)] out string? error)
    {
        key = request.Headers.TryGetValue("Idempotency-Key", out var keys) ? keys.ToString() : null;
        error = key is null ? null : UpdateDraft.FindKeyError(key);
        return error is null;
    }
}
