using LiveStreams.Hosting;

namespace LiveStreams.Api.Check;

/// <summary>The settings of each part, as a server validates them, with all that is invalid.</summary>
/// <param name="errors">What the parts refused when they were added.</param>
internal sealed class SettingsCheck(IReadOnlyList<string> errors) : ICheck
{
    public string Subject => "The settings";

    public Task<IReadOnlyList<Finding>> RunAsync(IServiceProvider services, CancellationToken cancellationToken)
    {
        var all = errors
            .Concat(services.GetServices<ValidatedOptions>().SelectMany(options => options.FindErrors()))
            .Distinct()
            .Select(Finding.Fail)
            .ToList();
        return Task.FromResult<IReadOnlyList<Finding>>(all.Count > 0 ? all : [Finding.Ok("The settings are valid.")]);
    }
}
