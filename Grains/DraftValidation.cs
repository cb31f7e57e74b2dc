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
        : draft.Key is not null && UpdateDraft.FindKeyError(draft.Key) is { } keyError ? keyError
        : draft.KeyScope?.Length > IdempotencyKey.MaxScopeLength
            ? $"The scope of a key has at most {IdempotencyKey.MaxScopeLength} characters."
        : draft.Event is not null && EventName.FindError(draft.Event) is { } nameError ? nameError
        : PostsJson.MayChangePosts(draft.Event, draft.Keep) ? FindPostsError(draft, posts)
        : draft.ChangesPosts ? "An update that changes posts must be kept, and must not have an event name."
        : null;

    private static string? FindPostsError(DraftMessage draft, PostOptions posts) =>
        !PostsJson.TryRead(draft.Data, out var changes, out var error) ? error
        : changes is null ? draft.ChangesPosts ? "The data does not describe changes to posts." : null
        : changes.Renders.Any(post => post.Content.Length > posts.MaxPostBytes)
            ? $"A post has more than {posts.MaxPostBytes} bytes."
        : null;
}
