using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace LiveStreams.Api.Security;

/// <summary>
/// Stands for a token's subject, its <c>sub</c> at its <c>iss</c>: the same <c>sub</c> of two issuers is two subjects.
/// It is a hash, because it gets into the store, and <c>sub</c> is often a person's address.
/// </summary>
internal static class SubjectHash
{
    private const int Length = 16;

    public static string Of(string? issuer, string subject)
    {
        // With the length of the issuer, so that no two subjects have the same text.
        var text = string.Create(CultureInfo.InvariantCulture, $"{issuer?.Length ?? -1} {issuer}{subject}");
        return Base64Url.EncodeToString(SHA256.HashData(Encoding.UTF8.GetBytes(text)).AsSpan(0, Length));
    }
}
