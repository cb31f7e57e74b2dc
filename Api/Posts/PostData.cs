using System.Diagnostics.CodeAnalysis;
using LiveStreams.Api.Http;
using LiveStreams.Core.Posts;

namespace LiveStreams.Api.Posts;

/// <summary>What an update's data says of posts, within the bounds.</summary>
internal static class PostData
{
    /// <summary>Reads it if it <paramref name="mayChange"/> posts, and is JSON; <paramref name="changes"/> is null if it is not about posts.</summary>
    public static bool TryRead(
        ReadOnlyMemory<byte> data, bool mayChange, PostOptions limits,
        out PostChanges? changes, [NotNullWhen(false)] out Problem? problem, [NotNullWhen(false)] out string? error)
    {
        (changes, problem, error) = (null, null, null);
        if (mayChange && !PostsJson.TryRead(data, out changes, out error))
        {
            problem = Problem.Posts;
            return false;
        }

        if (changes is not null && changes.Renders.FirstOrDefault(post => post.Content.Length > limits.MaxPostBytes) is { } large)
        {
            problem = Problem.TooLarge;
            error = $"A post has at most {limits.MaxPostBytes} bytes; '{large.Id}' has {large.Content.Length}.";
            return false;
        }

        return true;
    }
}
