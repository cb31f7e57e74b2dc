using System.Diagnostics.CodeAnalysis;
using LiveStreams.Api.Http;
using LiveStreams.Api.Security;
using LiveStreams.Core;

namespace LiveStreams.Api.Publish;

/// <summary>Reads the idempotency key of a publish, which is the publisher's own if its token has a subject.</summary>
internal static class RequestKey
{
    /// <summary>Reads the header <c>Idempotency-Key</c>; the key is null when there is none.</summary>
    public static bool TryRead(HttpContext context, out IdempotencyKey? key, [NotNullWhen(false)] out Refusal? refusal)
    {
        var text = context.Request.Headers.TryGetValue("Idempotency-Key", out var texts) ? texts.ToString() : null;
        refusal = Check(text);
        key = text is null || refusal is not null
            ? null
            : new IdempotencyKey(text, RequestPublisher.KeyScopeOf(context));
        return refusal is null;
    }

    /// <summary>Null when the key is valid or missing.</summary>
    public static Refusal? Check(string? key) => key is not null && UpdateDraft.FindKeyError(key) is { } error
        ? new Refusal(Problem.IdempotencyKey, error)
        : null;
}
