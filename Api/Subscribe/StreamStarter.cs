using LiveStreams.Api.Http;
using LiveStreams.Core;
using LiveStreams.Core.FanOut;

namespace LiveStreams.Api.Subscribe;

/// <summary>What became of the start of a stream.</summary>
/// <param name="HasStream">False if there is nothing to stream.</param>
/// <param name="Refusal">Why there is no stream although there might be one, or null.</param>
internal readonly record struct StartResult(bool HasStream, Refusal? Refusal = null);

/// <summary>Starts the pages of a stream, each at its position.</summary>
internal sealed class StreamStarter(
    StreamStartFinder starts, PagesStartFinder pagesStarts, PatternStartFinder patternStarts)
{
    /// <exception cref="StoreUnavailableException">The store cannot be reached.</exception>
    public async ValueTask<StartResult> StartAsync(HttpContext context, Subscriber subscriber, StreamRequest request)
    {
        var (scope, query) = (request.Scope, request.Start);
        if (scope.UsesEnvelopes)
        {
            await pagesStarts.StartAsync(subscriber, request, context.RequestAborted);
            var refusal = scope.Patterns is null
                ? null
                : await patternStarts.StartAsync(context, subscriber, request);
            return new StartResult(HasStream: refusal is null, refusal);
        }

        var page = subscriber.Pages[0];
        if (await starts.FindAsync(page, query, context.RequestAborted) is not var (start, reset))
        {
            return new StartResult(HasStream: false);
        }

        page.Start(start, reset);
        return new StartResult(HasStream: true);
    }
}
