using LiveStreams.Core;
using LiveStreams.Core.Posts;

namespace LiveStreams.Grains;

/// <summary>
/// An <see cref="UpdateDraft"/> on its way to a grain. The ids are the wire format: new members get new ones.
/// </summary>
[GenerateSerializer, Immutable, Alias("livestreams.draft")]
public sealed record DraftMessage(
    [property: Id(0)] byte[] Data,
    [property: Id(1)] string? Event,
    [property: Id(2)] string? Key,
    [property: Id(3)] bool Keep)
{
    /// <summary>
    /// Whether the data must change the page's posts (<see cref="PostsJson"/>). If not set, it may all the same.
    /// </summary>
    [Id(4)]
    public bool ChangesPosts { get; init; }

    /// <summary>Whether it ends the page. It then has no data and no event name.</summary>
    [Id(5)]
    public bool IsEnd { get; init; }

    /// <summary>
    /// Whose key it is (<see cref="IdempotencyKey.Scope"/>). Null: the key is one of those that the page's publishers
    /// share. An older silo does not know it, and takes every key as shared.
    /// </summary>
    [Id(6)]
    public string? KeyScope { get; init; }

    /// <summary>
    /// The span of the caller (<see cref="UpdateDraft.TraceParent"/>), or null. An older silo does not know it.
    /// </summary>
    [Id(7)]
    public string? TraceParent { get; init; }

    public static DraftMessage Of(UpdateDraft draft) => draft.IsEnd
        ? new([], Event: null, draft.Key?.Text, draft.Keep)
        {
            IsEnd = true,
            KeyScope = draft.Key?.Scope,
            TraceParent = draft.TraceParent,
        }
        : new(draft.Data.ToArray(), draft.Event, draft.Key?.Text, draft.Keep)
        {
            ChangesPosts = draft.Posts is not null,
            KeyScope = draft.Key?.Scope,
            TraceParent = draft.TraceParent,
        };

    /// <exception cref="FormatException">The data does not say how the posts change, or not validly.</exception>
    public UpdateDraft ToDraft() => IsEnd
        ? UpdateDraft.End(ReadKey()) with { TraceParent = TraceParent }
        : new()
        {
            Data = Data,
            Event = Event,
            Key = ReadKey(),
            Keep = Keep,
            Posts = ReadPosts(),
            TraceParent = TraceParent,
        };

    private IdempotencyKey? ReadKey() => Key is null ? null : new IdempotencyKey(Key, KeyScope);

    private PostChanges? ReadPosts()
    {
        PostChanges? changes = null;
        if (PostsJson.MayChangePosts(Event, Keep) && !PostsJson.TryRead(Data, out changes, out var error))
        {
            throw new FormatException(error);
        }

        return ChangesPosts && changes is null ? throw new FormatException("The data is not about posts.") : changes;
    }
}
