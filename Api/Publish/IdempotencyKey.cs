using System.Diagnostics.CodeAnalysis;
using LiveStreams.Core;

namespace LiveStreams.Api.Publish;

/// <summary>The rule for the <c>Idempotency-Key</c> header and the <c>key</c> of a batch line.</summary>
internal static class IdempotencyKey
{
    /// <summary>Reads the header; the key is null when there is none.</summary>
    public static bool TryRead(HttpRequest request, out string? key, [NotNullWhen(false)] out string? fault)
    {
        key = request.Headers.TryGetValue("Idempotency-Key", out var keys) ? keys.ToString() : null;
        fault = key is null ? null : Fault(key);
        return fault is null;
    }

    /// <summary>What is wrong with a key, in one sentence, or null.</summary>
    public static string? Fault(string key) =>
        key.Length is 0 or > UpdateDraft.MaxKeyLength || key.AsSpan().ContainsAnyExceptInRange(' ', '~')
            ? $"An idempotency key has 1 to {UpdateDraft.MaxKeyLength} printable ASCII characters."
            : null;
}
