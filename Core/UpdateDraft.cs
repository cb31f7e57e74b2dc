using LiveStreams.Core.Posts;
using LiveStreams.Core.Tracing;

namespace LiveStreams.Core;

/// <summary>An update as a publisher sends it, before it has an id.</summary>
public sealed record UpdateDraft
{
    /// <summary>The longest idempotency key, in characters.</summary>
    public const int MaxKeyLength = 128;

    /// <summary>How long an idempotency key is remembered.</summary>
    public static readonly TimeSpan KeyLifetime = TimeSpan.FromMinutes(10);

    /// <summary>The data: UTF-8 text.</summary>
    public required ReadOnlyMemory<byte> Data { get; init; }

    /// <summary>The event name (<see cref="EventName"/>), or null for <c>message</c>.</summary>
    public string? Event
    {
        get;
        init => field = value == EventName.Default ? null : value;
    }

    /// <summary>
    /// The idempotency key, or null. A draft with the key of an earlier draft for the same page, within
    /// <see cref="KeyLifetime"/>, is not published. If the two are the same, it gets the id of the earlier one;
    /// otherwise it is <see cref="PublishStatus.KeyReused"/>.
    /// </summary>
    public IdempotencyKey? Key { get; init; }

    /// <summary>
    /// False for a live-only update: it has no id, is not kept in history, and reaches only subscribers that are
    /// connected.
    /// </summary>
    public bool Keep { get; init; } = true;

    /// <summary>
    /// The changes to the page's posts, or null. <see cref="Data"/> holds the same changes as JSON
    /// (<see cref="PostsJson"/>). An update with changes must be kept.
    /// </summary>
    public PostChanges? Posts { get; init; }

    /// <summary>
    /// True if the update ends the page: its history and posts are deleted and its streams end. The next kept update
    /// starts the page again. See <see cref="End"/>.
    /// </summary>
    public bool IsEnd { get; init; }

    /// <summary>
    /// The span of this publish, which those that follow are below: a <c>traceparent</c>
    /// (<see cref="UpdateTrace.IsTraceParent"/>). Null if nobody collects its trace. It is announced with the update,
    /// and not kept. Text that is no <c>traceparent</c> is dropped.
    /// </summary>
    public string? TraceParent
    {
        get;
        init => field = value is not null && UpdateTrace.IsTraceParent(value) ? value : null;
    }

    /// <summary>What is wrong with an idempotency key, in one sentence; null if it is valid.</summary>
    public static string? FindKeyError(string key) =>
        key.Length is 0 or > MaxKeyLength || key.AsSpan().ContainsAnyExceptInRange(' ', '~')
            ? $"An idempotency key has 1 to {MaxKeyLength} printable ASCII characters."
            : null;

    /// <summary>Creates the update that ends a page.</summary>
    public static UpdateDraft End(IdempotencyKey? key) =>
        new() { Data = EventName.EndData, Event = EventName.End, Key = key, IsEnd = true };

    /// <summary>Creates an update that changes posts.</summary>
    public static UpdateDraft ChangePosts(PostChanges changes, IdempotencyKey? key) =>
        new() { Data = PostsJsonWriter.Changes(changes), Key = key, Posts = changes };
}
