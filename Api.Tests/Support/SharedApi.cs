using LiveStreams.Api.Tests.Support;

[assembly: AssemblyFixture(typeof(SharedApi))]

namespace LiveStreams.Api.Tests.Support;

/// <summary>
/// One server with default settings for all tests that do not change it. Each test uses its own pages. A subclass with
/// other settings is a server for the tests of one class.
/// </summary>
public class SharedApi : IAsyncLifetime
{
    private InProcessApi? _server;

    public InProcessApi Server => _server!;

    public ApiClient Client { get; private set; } = null!;

    protected virtual string[] Settings => [];

    public async ValueTask InitializeAsync()
    {
        _server = await InProcessApi.StartAsync(Settings);
        Client = new ApiClient(_server.Address);
    }

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        Client.Dispose();
        await Server.DisposeAsync();
    }
}
