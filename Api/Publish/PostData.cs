using System.Diagnostics.CodeAnalysis;
using LiveStreams.Api.Http;
using LiveStreams.Core.Posts;

namespace LiveStreams.Api.Publish;

/// <summary>The changes to a page's posts that an update's data describes.</summary>
internal static class PostData
{
    /// <summary>
    /// Reads the data of an update, of any content type; <paramref name="changes"/> is null when it is not about posts,
    /// or may not change any.
    /// </summary>
    public static bool TryRead(
        ReadOnlyMemory<byte> data,
        string? eventName,
        bool keep,
        PostOptions limits,
        out PostChanges? changes,
        [NotNullWhen(false)] out Refusal? refusal)
    {
        (changes, refusal) = (null, null);
        if (PostsJson.MayChangePosts(eventName, keep) && !PostsJson.TryRead(data, out changes, out var error))
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
