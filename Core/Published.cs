namespace LiveStreams.Core;

/// <summary>The store's answer to a draft.</summary>
/// <param name="Id">The update's id; <see cref="UpdateId.None"/> when it was live-only.</param>
/// <param name="Repeated">True when the draft's key had been answered before, so nothing new was published.</param>
public readonly record struct Published(UpdateId Id, bool Repeated);
