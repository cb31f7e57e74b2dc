using LiveStreams.Core.Listing;

namespace LiveStreams.Core.Tests.Support;

/// <summary>An index of which only the new pages are asked for, and which a test makes unavailable.</summary>
internal sealed class ControlledIndex : IPageIndex
{
    private readonly BirthList _births = new();

    /// <summary>Every call fails.</summary>
    public bool IsUnavailable { get; set; }

    /// <summary>Forgets which pages were born since any cursor.</summary>
    public bool HasGap { get; set; }

    public int Reads { get; private set; }

    public void Add(string page) => _births.Add(PageId.Parse(page));

    public ValueTask<IReadOnlyList<PageId>> ListAsync(
        NameRange range, int limit, CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask<IReadOnlyList<ListedPage>> ReadAsync(
        IReadOnlyList<PageId> pages, CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask<BornPages> ReadBornAsync(string? cursor, CancellationToken cancellationToken)
    {
        Reads++;
        return IsUnavailable
            ? throw new StoreUnavailableException("The index is unavailable.")
            : ValueTask.FromResult(_births.Read(HasGap ? "too old" : cursor));
    }
}
