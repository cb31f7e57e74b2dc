using LiveStreams.Api.Tests.Support;

namespace LiveStreams.Api.Tests.Publish;

/// <summary>A server without rate limits.</summary>
public sealed class UnthrottledApi : SharedApi
{
    protected override string[] Settings => ServerProcess.Unthrottled;
}
