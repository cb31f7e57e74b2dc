using LiveStreams.Api.Tests.Support;

namespace LiveStreams.Api.Tests.Posts;

/// <summary>A server that allows four posts a page, each of at most 100 bytes.</summary>
public sealed class SmallPagesApi : SharedApi
{
    protected override string[] Settings => ["--Store=memory", "--Posts:MaxPosts=4", "--Posts:MaxPostBytes=100"];
}
