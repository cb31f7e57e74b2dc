using System.Diagnostics.CodeAnalysis;
using LiveStreams.Api.Http;
using LiveStreams.Core;

namespace LiveStreams.Api.Publish;

/// <summary>What a publish says beside its data: query and headers.</summary>
internal readonly record struct PublishRequest(DataKind DataKind, string? Event, string? Key, bool Keep)
{
    /// <summary>Whether data that says so changes the page's posts: JSON under the default name, and kept.</summary>
    public bool MayChangePosts => DataKind.IsJson && Event is null && Keep;

    public static bool TryRead(
        HttpRequest request, out PublishRequest publish, [NotNullWhen(false)] out Problem? problem, [NotNullWhen(false)] out string? error)
    {
        publish = default;
        problem = Problem.ContentType;
        if (!DataKind.TryParse(request.ContentType, out var kind, out error))
        {
            return false;
        }

        problem = Problem.EventName;
        var eventName = request.Query.TryGetValue("event", out var names) ? names.ToString() : null;
        if (eventName is not null && (error = EventName.FindError(eventName)) is not null)
        {
            return false;
        }

        problem = Problem.Query;
        var keep = request.Query.TryGetValue("keep", out var keeps) ? keeps.ToString() : "true";
        if (keep is not ("true" or "false"))
        {
            error = "keep is 'true' or 'false'.";
            return false;
        }

        problem = Problem.IdempotencyKey;
        if (!IdempotencyKey.TryRead(request, out var key, out error))
        {
            return false;
        }

        problem = null;
        publish = new PublishRequest(kind, eventName, key, keep == "true");
        return true;
    }
}
