using LiveStreams.Grains;
using LiveStreams.Hosting.Silos;

namespace LiveStreams.Api.Check;

/// <summary>With <c>Orleans:Silo</c>, whether the silo could listen at its address and ports.</summary>
internal sealed class SiloCheck : ICheck
{
    public string Subject => "The silo";

    public Task<IReadOnlyList<Finding>> RunAsync(IServiceProvider services, CancellationToken cancellationToken)
    {
        if (OptionsOf<PageClusterOptions>.Find(services) is not { Silo: true } options)
        {
            return Task.FromResult<IReadOnlyList<Finding>>([]);
        }

        var errors = services.FindSiloErrors().Select(Finding.Fail).ToList();
        return Task.FromResult<IReadOnlyList<Finding>>(errors.Count > 0
            ? errors
            :
            [
                Finding.Ok($"{options.Address}:{options.SiloPort} and :{options.GatewayPort} are free for the silo."),
            ]);
    }
}
