using LiveStreams.Core.Unsent;

namespace LiveStreams.Api.Limits;

/// <summary>The reader of a response that is no stream.</summary>
internal sealed class ResponseReader(HttpContext context) : IUnsentReader
{
    public object Owner { get; } = ClientAddress.Of(context);

    public void Abort() => context.Abort();
}
