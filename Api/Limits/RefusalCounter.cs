using LiveStreams.Api.Http;
using LiveStreams.Core.Metrics;

namespace LiveStreams.Api.Limits;

/// <summary>Counts refusals whose reason is a limit, by the name of the problem.</summary>
internal sealed class RefusalCounter(ServerMetrics metrics) : IRefusalCounter
{
    public void Count(Problem problem)
    {
        if (IsLimit(problem))
        {
            metrics.Limits.CountRefused(problem.Slug);
        }
    }

    // A limit of this server, or of what it grants one client.
    private static bool IsLimit(Problem problem) =>
        problem.Status is 408 or 409 or 413 or 429
        || problem == Problem.Full || problem == Problem.UnsentFull || problem == Problem.PageBusy;
}
