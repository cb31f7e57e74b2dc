using System.Collections.Frozen;
using System.Text;

namespace LiveStreams.Api.Security;

/// <summary>
/// The content of <c>Auth:RevokedFile</c>: one entry a line, <c>jti:VALUE</c> or <c>sub:VALUE</c>, for the tokens of
/// every issuer, or, after <c>iss:ISSUER</c> and a space, for those of one. Empty lines, and lines that begin with
/// <c>#</c>, are ignored.
/// </summary>
internal sealed class RevocationList
{
    /// <summary>The largest file, in bytes.</summary>
    public const int MaxBytes = 4 * 1024 * 1024;

    /// <summary>The most entries.</summary>
    public const int MaxEntries = 100_000;

    public static readonly RevocationList Empty = new([], 0);

    private const string IssuerPrefix = "iss:";
    private const string TokenPrefix = "jti:";
    private const string SubjectPrefix = "sub:";

    private static readonly UTF8Encoding _strictUtf8 =
        new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly FrozenSet<Entry> _entries;

    private RevocationList(HashSet<Entry> entries, int version) =>
        (_entries, Version) = (entries.ToFrozenSet(), version);

    /// <summary>Differs from the version of every other list of the process.</summary>
    public int Version { get; }

    public int Count => _entries.Count;

    /// <exception cref="InvalidDataException">
    /// It is not a list. The message follows the file's name in a sentence, and does not quote the file.
    /// </exception>
    public static RevocationList Parse(byte[] content, int version)
    {
        var entries = new HashSet<Entry>();
        var number = 0;
        foreach (var line in Decode(content).Split('\n', StringSplitOptions.TrimEntries))
        {
            number++;
            if (line.Length == 0 || line[0] == '#')
            {
                continue;
            }

            entries.Add(ParseEntry(line)
                ?? throw new InvalidDataException($"has neither jti:VALUE nor sub:VALUE in line {number}"));
            if (entries.Count > MaxEntries)
            {
                throw new InvalidDataException($"has more than {MaxEntries} entries");
            }
        }

        return new RevocationList(entries, version);
    }

    public bool Contains(TokenIdentity token) =>
        Contains(token.Issuer, TokenPrefix, token.TokenId) || Contains(token.Issuer, SubjectPrefix, token.Subject);

    private static string Decode(byte[] content)
    {
        try
        {
            // Some editors begin a file with a byte order mark.
            return _strictUtf8.GetString(content).TrimStart('\uFEFF');
        }
        catch (DecoderFallbackException)
        {
            throw new InvalidDataException("is not UTF-8");
        }
    }

    private static Entry? ParseEntry(string line)
    {
        string? issuer = null;
        if (line.StartsWith(IssuerPrefix, StringComparison.Ordinal))
        {
            var parts = line.Split(' ', 2, StringSplitOptions.TrimEntries);
            issuer = parts[0][IssuerPrefix.Length..];
            if (issuer.Length == 0 || parts.Length == 1)
            {
                return null;
            }

            line = parts[1];
        }

        var prefix = line.StartsWith(TokenPrefix, StringComparison.Ordinal) ? TokenPrefix
            : line.StartsWith(SubjectPrefix, StringComparison.Ordinal) ? SubjectPrefix
            : null;
        return prefix is not null && line[prefix.Length..].Trim() is { Length: > 0 } value
            ? new Entry(issuer, prefix, value)
            : null;
    }

    private bool Contains(string? issuer, string prefix, string? value) =>
        value is not null
        && (_entries.Contains(new Entry(null, prefix, value))
            || (issuer is not null && _entries.Contains(new Entry(issuer, prefix, value))));

    /// <param name="Issuer">Null for the tokens of every issuer.</param>
    /// <param name="Prefix">Which claim has the value.</param>
    /// <param name="Value">The value of that claim.</param>
    private readonly record struct Entry(string? Issuer, string Prefix, string Value);
}
