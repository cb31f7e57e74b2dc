namespace LiveStreams.Api.TryPage;

/// <summary>Whether <c>/</c> is there.</summary>
internal sealed record TryPageSetting(bool IsOn);
