using LiveStreams.Api.Connections;
using LiveStreams.Api.Limits;

namespace LiveStreams.Api.Check;

/// <summary>
/// Whether the process may open as many files as it may have event streams. A server works with fewer, so this warns.
/// </summary>
internal sealed class DescriptorCheck : ICheck
{
    public string Subject => "Open files";

    public Task<IReadOnlyList<Finding>> RunAsync(IServiceProvider services, CancellationToken cancellationToken)
    {
        if (OptionsOf<LimitOptions>.Find(services) is not { } limits)
        {
            return Task.FromResult<IReadOnlyList<Finding>>([]);
        }

        return Task.FromResult<IReadOnlyList<Finding>>(
        [
            DescriptorLimit.FindShortage(limits) is { } shortage
                ? Finding.Warn(shortage)
                : Finding.Ok($"Open files: enough for Limits:MaxSubscribers ({limits.MaxSubscribers})."),
        ]);
    }
}
