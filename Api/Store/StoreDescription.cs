namespace LiveStreams.Api.Store;

/// <summary>Where the data is, in words for the start message.</summary>
internal sealed record StoreDescription(string Text);
