using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace LiveStreams.Core;

/// <summary>
/// The idempotency key of a draft as every engine stores it, beside the result of the publish: the name of the key, and
/// a digest of the draft, which tells a repeated draft from another one.
/// </summary>
public sealed class StoredKey(string name, ReadOnlyMemory<byte> digest)
{
    /// <summary>The size of a digest, in bytes.</summary>
    public const int DigestLength = 16;

    /// <summary>Stands between text and scope. No key contains it (<see cref="UpdateDraft.FindKeyError"/>).</summary>
    private const char ScopeSeparator = '\t';

    /// <summary>The flags of a draft, and the length of its event name.</summary>
    private const int HeaderLength = 1 + sizeof(int);

    [Flags]
    private enum Parts : byte
    {
        None = 0,
        Keep = 1,
        End = 2,
        Posts = 4,
        Event = 8,
    }

    /// <summary>What the engine looks the key up by.</summary>
    public string Name => name;

    /// <summary>
    /// The name that an older version gave to a key with a scope, without a digest; null for a key without a scope,
    /// whose name has not changed.
    /// </summary>
    public string? OlderName { get; private init; }

    /// <summary>The digest of the draft; empty where an older version has stored none.</summary>
    public ReadOnlyMemory<byte> Digest => digest;

    /// <summary>The stored form of a draft's key; null if the draft has none.</summary>
    public static StoredKey? Of(UpdateDraft draft) => draft.Key switch
    {
        null => null,
        { Scope: null } key => new StoredKey(key.Text, DigestOf(draft)),
        { } key => new StoredKey($"{key.Text}{ScopeSeparator}{key.Scope}", DigestOf(draft)) { OlderName = key.Text },
    };

    /// <summary>
    /// The result of a draft whose key was used before, for the update with this id and a draft with this digest. A key
    /// that was stored without a digest fits every draft.
    /// </summary>
    public PublishResult ResultOf(UpdateId earlier, ReadOnlyMemory<byte> earlierDigest) =>
        earlierDigest.IsEmpty || earlierDigest.Span.SequenceEqual(Digest.Span)
            ? PublishResult.Repeated(earlier)
            : PublishResult.KeyReused;

    // The first bytes of the SHA-256 of everything that makes up the update. The length of the event name is in it, so
    // no two drafts have the same input.
    private static byte[] DigestOf(UpdateDraft draft)
    {
        var name = draft.Event ?? "";
        var maxLength = HeaderLength + Encoding.UTF8.GetMaxByteCount(name.Length) + draft.Data.Length;
        var input = ArrayPool<byte>.Shared.Rent(maxLength);
        try
        {
            var nameLength = Encoding.UTF8.GetBytes(name, input.AsSpan(HeaderLength));
            input[0] = (byte)PartsOf(draft);
            BinaryPrimitives.WriteInt32BigEndian(input.AsSpan(1), nameLength);
            draft.Data.Span.CopyTo(input.AsSpan(HeaderLength + nameLength));
            Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
            SHA256.HashData(input.AsSpan(0, HeaderLength + nameLength + draft.Data.Length), hash);
            return hash[..DigestLength].ToArray();
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(input);
        }
    }

    private static Parts PartsOf(UpdateDraft draft) =>
        (draft.Keep ? Parts.Keep : Parts.None)
        | (draft.IsEnd ? Parts.End : Parts.None)
        | (draft.Posts is null ? Parts.None : Parts.Posts)
        | (draft.Event is null ? Parts.None : Parts.Event);
}
