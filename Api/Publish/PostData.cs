using System.Diagnostics.CodeAnalysis;
using LiveStreams.Api.Http;
using LiveStreams.Core.Posts;

namespace LiveStreams.Api.Publish;

/// <summary>The changes to a page's posts that an update's data describes.</summary>
internal static class PostData
{
    /// <summary>Only JSON without an event name changes posts, and only if the update is kept.</summary>
    public static bool MayChangePosts(bool isJson, string? eventName, bool keep) => isJson && eventName is null && keep;

    /// <summary>
    /// Reads valid JSON; <paramref name="changes"/> is null when it is not about posts, or may not change any.
    /// </summary>
    public static bool TryRead(
        ReadOnlyMemory<byte> data,
        bool mayChangePosts,
        PostOptions limits,
        out PostChanges? changes,
        [NotNullWhen(false)] out Refusal? refusal)
    {
        (changes, refusal) = (null, null);
        if (mayChangePosts && !PostsJson.TryRead(data, out changes, out var error))
        {
            refusal = new Refusal(Problem.Posts, error);
        }
        else if (changes?.Renders.FirstOrDefault(post => post.Content.Length > limits.MaxPostBytes) is { } large)
        {
            refusal = new Refusal(
                Problem.TooLarge,
                $"A post has at most {limits.MaxPostBytes} bytes; '{large.Id}' has {large.Content.Length}.");
        }

        return refusal is null;
    }
}
