using System.Diagnostics.CodeAnalysis;
using LiveStreams.Api.Http;
using LiveStreams.Core;

namespace LiveStreams.Api.Publish;

/// <summary>What a publish says beside its data: query and headers.</summary>
internal readonly record struct PublishRequest(DataKind DataKind, string? Event, string? Key, bool Keep)
{
    public static bool TryRead(
        HttpRequest request, out PublishRequest publish, [NotNullWhen(false)] out Problem? problem, [NotNullWhen(false)] out string? fault)
    {
        publish = default;
        problem = Problem.ContentType;
        if (!DataKind.TryParse(request.ContentType, out var kind, out fault))
        {
            return false;
        }

        problem = Problem.EventNameFault;
        var eventName = request.Query.TryGetValue("event", out var names) ? names.ToString() : null;
        if (eventName is not null && (fault = EventName.Fault(eventName)) is not null)
        {
            return false;
        }

        problem = Problem.Query;
        var keep = request.Query.TryGetValue("keep", out var keeps) ? keeps.ToString() : "true";
        if (keep is not ("true" or "false"))
        {
            fault = "keep is 'true' or 'false'.";
            return false;
        }

        problem = Problem.IdempotencyKey;
        var key = request.Headers.TryGetValue("Idempotency-Key", out var keys) ? keys.ToString() : null;
        if (key is not null && (fault = IdempotencyKey.Fault(key)) is not null)
        {
            return false;
        }

        problem = null;
        publish = new PublishRequest(kind, eventName, key, keep == "true");
        return true;
    }
}
