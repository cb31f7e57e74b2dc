using System.Diagnostics.CodeAnalysis;
using LiveStreams.Api.Http;
using LiveStreams.Core;
using LiveStreams.Core.Posts;

namespace LiveStreams.Api.Publish;

/// <summary>A publish without its data: the page, and what query and headers say.</summary>
internal readonly record struct PublishRequest(
    PageId Page, DataKind DataKind, string? Event, IdempotencyKey? Key, bool Keep)
{
    public static bool TryRead(
        HttpContext context,
        out PublishRequest publish,
        [NotNullWhen(false)] out Refusal? refusal)
    {
        publish = default;
        var request = context.Request;
        if (!PagePath.TryRead(context, out var page, out refusal)
            || !DataKind.TryParse(request.ContentType, out var kind, out refusal)
            || !TryReadEventName(request, out var eventName, out refusal)
            || !QueryFlag.TryRead(request, "keep", defaultValue: true, out var keep, out refusal)
            || !RequestKey.TryRead(context, out var key, out refusal))
        {
            return false;
        }

        publish = new PublishRequest(page, kind, eventName, key, keep);
        return true;
    }

    /// <summary>Null when the name is valid or missing.</summary>
    public static Refusal? CheckEventName(string? name) => name is not null && EventName.FindError(name) is { } error
        ? new Refusal(Problem.EventName, error)
        : null;

    /// <summary>Makes the draft with this data.</summary>
    public bool TryMakeDraft(
        byte[] data,
        PostOptions posts,
        [NotNullWhen(true)] out UpdateDraft? draft,
        [NotNullWhen(false)] out Refusal? refusal)
    {
        draft = null;
        refusal = DataKind.Check(data);
        if (refusal is not null || !PostData.TryRead(data, Event, Keep, posts, out var changes, out refusal))
        {
            return false;
        }

        draft = new UpdateDraft { Data = data, Event = Event, Key = Key, Keep = Keep, Posts = changes };
        return true;
    }

    private static bool TryReadEventName(
        HttpRequest request,
        out string? name,
        [NotNullWhen(false)] out Refusal? refusal)
    {
        name = request.Query.TryGetValue("event", out var names) ? names.ToString() : null;
        refusal = CheckEventName(name);
        return refusal is null;
    }
}
