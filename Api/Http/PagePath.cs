using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using LiveStreams.Core;
using LiveStreams.Core.Posts;

namespace LiveStreams.Api.Http;

/// <summary>
/// Reads the names in a request's path, which <see cref="ExactPaths"/> has compared with its endpoint's. The decoded
/// path cannot be used: it keeps <c>%2F</c> as it is, so that the pages <c>a/b</c> and <c>a%2Fb</c> would be one.
/// </summary>
internal static class PagePath
{
    private const int PageSegment = 1;
    private const int PostSegment = 3;
    private static readonly UTF8Encoding _strictUtf8 =
        new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Reads the page's name.</summary>
    public static bool TryRead(HttpContext context, out PageId page, [NotNullWhen(false)] out Refusal? refusal)
    {
        page = default;
        var isValid = TryReadSegment(context, PageSegment, out var name, out var error)
            && PageId.TryParse(name, out page, out error);
        refusal = isValid ? null : new Refusal(Problem.PageName, error!);
        return isValid;
    }

    /// <summary>Reads the id of the post in <c>/pages/{page}/posts/{post}</c>.</summary>
    public static bool TryReadPost(
        HttpContext context,
        [NotNullWhen(true)] out string? post,
        [NotNullWhen(false)] out Refusal? refusal)
    {
        var isValid = TryReadSegment(context, PostSegment, out post, out var error)
            && (error = PostId.FindError(post)) is null;
        refusal = isValid ? null : new Refusal(Problem.PostId, error!);
        return isValid;
    }

    /// <summary>The path of a page's resource, encoded.</summary>
    public static string For(PageId page, string resource) => $"/pages/{Uri.EscapeDataString(page.Value)}/{resource}";

    private static bool TryReadSegment(
        HttpContext context,
        int segment,
        [NotNullWhen(true)] out string? text,
        [NotNullWhen(false)] out string? error)
    {
        // A slash comes before each segment, also before the first one.
        var path = RequestTarget.PathOf(context);
        for (; segment >= 0; segment--)
        {
            path = path[(path.IndexOf('/') + 1)..];
        }

        var end = path.IndexOf('/');
        if (!TryDecode((end < 0 ? path : path[..end]).ToString(), out text))
        {
            error = "A name in the path is not percent-encoded UTF-8.";
            return false;
        }

        error = null;
        return true;
    }

    private static bool TryDecode(string segment, [NotNullWhen(true)] out string? text)
    {
        text = segment;
        if (!segment.Contains('%'))
        {
            return true;
        }

        var bytes = new List<byte>(segment.Length);
        for (var i = 0; i < segment.Length; i++)
        {
            if (segment[i] != '%')
            {
                bytes.Add((byte)segment[i]);
            }
            else if (i + 2 < segment.Length
                && byte.TryParse(segment.AsSpan(i + 1, 2), NumberStyles.AllowHexSpecifier, null, out var value))
            {
                bytes.Add(value);
                i += 2;
            }
            else
            {
                text = null;
                return false;
            }
        }

        try
        {
            text = _strictUtf8.GetString([.. bytes]);
            return true;
        }
        catch (DecoderFallbackException)
        {
            text = null;
            return false;
        }
    }
}
