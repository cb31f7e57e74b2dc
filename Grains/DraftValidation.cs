using System.Text.Json;
using System.Text.Unicode;
using LiveStreams.Core;
using LiveStreams.Core.Posts;

namespace LiveStreams.Grains;

/// <summary>
/// Validates what another service sends to a page's grain without the Api, by the rules of a publish over HTTP
/// (docs/protocol.md). Only the size of the data is not validated: Orleans limits its messages.
/// </summary>
internal static class DraftValidation
{
    /// <summary>What is wrong with the draft, as a sentence; null when it can be published.</summary>
    public static string? FindError(this DraftMessage draft, PostOptions posts) =>
        draft.Data is null || !Utf8.IsValid(draft.Data) ? "The data is not valid UTF-8."
        : draft.Key is not null && UpdateDraft.FindKeyError(draft.Key) is { } error ? error
        : draft.KeyScope?.Length > IdempotencyKey.MaxScopeLength
            ? $"The scope of a key has at most {IdempotencyKey.MaxScopeLength} characters."
        : draft.ChangesPosts ? FindChangeError(draft, posts)
        : draft.Event is not null ? EventName.FindError(draft.Event)
        : null;

    private static string? FindChangeError(DraftMessage draft, PostOptions posts) =>
        draft.Event is not null ? "An update that changes posts must not have an event name."
        : !draft.Keep ? "An update that changes posts must be kept."
        : FindPostsError(draft.Data, posts);

    private static string? FindPostsError(byte[] data, PostOptions posts)
    {
        try
        {
            return !PostsJson.TryRead(data, out var changes, out var error) ? error
                : changes is null ? "The data does not describe changes to posts."
                : changes.Renders.Any(post => post.Content.Length > posts.MaxPostBytes)
                    ? $"A post has more than {posts.MaxPostBytes} bytes."
                : null;
        }
        catch (JsonException exception)
        {
            return $"The data is not JSON: {exception.Message}";
        }
    }
}
