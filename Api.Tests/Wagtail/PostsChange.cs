namespace LiveStreams.Api.Tests.Wagtail;

/// <summary>A change of a Wagtail page's posts.</summary>
internal sealed record PostsChange((string Id, bool Show, string Content)[] Renders, params string[] Removals);
