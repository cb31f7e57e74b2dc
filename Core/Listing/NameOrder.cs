namespace LiveStreams.Core.Listing;

/// <summary>
/// The order of names in every engine: by the bytes of their UTF-8, which is also the order of their Unicode code
/// points. (<see cref="StringComparer.Ordinal"/> compares UTF-16, in which a surrogate comes before U+E000.)
/// </summary>
public sealed class NameOrder : IComparer<string>
{
    public static readonly NameOrder Instance = new();

    private NameOrder()
    {
    }

    public static int Compare(ReadOnlySpan<char> x, ReadOnlySpan<char> y)
    {
        var same = x.CommonPrefixLength(y);
        if (same == x.Length || same == y.Length)
        {
            return x.Length.CompareTo(y.Length);
        }

        return Rank(x[same]).CompareTo(Rank(y[same]));
    }

    int IComparer<string>.Compare(string? x, string? y) => Compare(x, y);

    // Surrogates stand for the code points after U+FFFF.
    private static int Rank(char unit) => char.IsSurrogate(unit) ? unit + char.MaxValue : unit;
}
