using System.IO.Pipelines;
using LiveStreams.Core.FanOut;

namespace LiveStreams.Core.Tests.FanOut;

internal static class SubscriberExtensions
{
    /// <summary>Runs a stream into a pipe until it ends.</summary>
    public static Task RunAsync(this Subscriber subscriber, PipeWriter pipe, Action? abort = null) =>
        subscriber.RunAsync(new EventStreamBody(new PipeOutput(pipe)), abort ?? (() => { }), CancellationToken.None);
}
