using LiveStreams.Core.Posts;

namespace LiveStreams.Core;

/// <summary>What a publisher hands in: an update before it has an id.</summary>
public sealed record UpdateDraft
{
    /// <summary>The longest idempotency key, in characters.</summary>
    public const int MaxKeyLength = 128;

    /// <summary>How long a key is remembered.</summary>
    public static readonly TimeSpan KeyLifetime = TimeSpan.FromMinutes(10);

    /// <summary>UTF-8 text.</summary>
    public required ReadOnlyMemory<byte> Data { get; init; }

    /// <summary>The event name (<see cref="EventName"/>), or null for <c>message</c>.</summary>
    public string? Event { get; init; }

    /// <summary>The idempotency key: the same key for the same page within <see cref="KeyLifetime"/> gets the first answer again.</summary>
    public string? Key { get; init; }

    /// <summary>False for a live-only update: no id, no history, seen by those connected at the moment.</summary>
    public bool Keep { get; init; } = true;

    /// <summary>What it does to the page's posts, which <see cref="Data"/> says (<see cref="PostsJson"/>), or null. Such an update is kept.</summary>
    public PostChanges? Posts { get; init; }

    /// <summary>True if it ends the page: history and posts go, and subscribers with them, until something is kept again. See <see cref="End"/>.</summary>
    public bool IsEnd { get; init; }

    /// <summary>What is wrong with an idempotency key, in one sentence, or null.</summary>
    public static string? FindKeyError(string key) =>
        key.Length is 0 or > MaxKeyLength || key.AsSpan().ContainsAnyExceptInRange(' ', '~')
            ? $"An idempotency key has 1 to {MaxKeyLength} printable ASCII characters."
            : null;

    /// <summary>The update that ends a page.</summary>
    public static UpdateDraft End(string? key) => new() { Data = EventName.EndData, Event = EventName.End, Key = key, IsEnd = true };

    /// <summary>An update that changes posts.</summary>
    public static UpdateDraft Change(PostChanges changes, string? key) => new() { Data = PostsJson.Write(changes), Key = key, Posts = changes };
}
