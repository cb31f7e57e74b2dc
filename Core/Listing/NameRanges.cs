namespace LiveStreams.Core.Listing;

/// <summary>A set of names, as ranges in order and apart from each other.</summary>
public sealed class NameRanges
{
    private readonly List<NameRange> _ranges = [];

    public IReadOnlyList<NameRange> Ranges => _ranges;

    /// <summary>Adds the names of a range.</summary>
    public void Add(NameRange range)
    {
        if (range.IsEmpty)
        {
            return;
        }

        Remove(range);
        var at = _ranges.FindIndex(other => NameOrder.Compare(other.From, range.From) > 0);
        _ranges.Insert(at < 0 ? _ranges.Count : at, range);
    }

    /// <summary>Removes the names of a range.</summary>
    public void Remove(NameRange range)
    {
        for (var i = _ranges.Count - 1; i >= 0; i--)
        {
            var whole = _ranges[i];
            if (whole.Intersect(range).IsEmpty)
            {
                continue;
            }

            _ranges.RemoveAt(i);
            if (range.To is { } end && (whole with { From = end }) is { IsEmpty: false } after)
            {
                _ranges.Insert(i, after);
            }

            if ((whole with { To = range.From }) is { IsEmpty: false } before)
            {
                _ranges.Insert(i, before);
            }
        }
    }
}
