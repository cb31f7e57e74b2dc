namespace LiveStreams.Core.Listing;

/// <summary>What the index knows of a page.</summary>
/// <param name="Page">Its name.</param>
/// <param name="Head">
/// The newest update's id; <see cref="UpdateId.None"/> if all of its updates were live only.
/// </param>
/// <param name="Time">When the newest update was published, live-only ones included.</param>
/// <param name="IsEnded">Whether the newest kept update has ended the page.</param>
public readonly record struct ListedPage(PageId Page, UpdateId Head, DateTimeOffset Time, bool IsEnded);
